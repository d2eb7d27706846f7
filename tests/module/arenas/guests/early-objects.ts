function numbers(): i32[] {
  const list: i32[] = [];
  for (let i = 0; i < 1000; i++) list.push(i);
  return list;
}

export const EARLY: i32[] = numbers();
