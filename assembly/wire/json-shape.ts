/** What a reader wants. */
export class JsonShape {
  static everything(): JsonShape {
    return new JsonShape();
  }

  want(_path: string, _field: i32): JsonShape {
    return this;
  }

  wantText(_path: string, _field: i32): JsonShape {
    return this;
  }
}
