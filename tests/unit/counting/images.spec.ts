import { Bytes } from "../../../assembly/bytes/bytes";
import { Base64, imageSize, ImageSize } from "../../../assembly/counting/image-size";
import { familyOf } from "../../../assembly/counting/model-family";
import { ImageDetail } from "../../../assembly/llm/conversation";

/** The beginnings of images of 33 by 70 pixels, one colour, as Pillow 12 writes them. */
const PNG = "iVBORw0KGgoAAAANSUhEUgAAACEAAABGCAIAAADNd2raAAAAOUlEQVR4nO3NMQEAMAgDsLETEfiXgixU9EsMpHrnhf";
const GIF = "R0lGODdhIQBGAIEAAArIHgAAAAAAAAAAACwAAAAAIQBGAEAITwABCBxIsKDB";
const JPEG =
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////2wBDAf//////////////////////////////////////////////////////////////////////////////////////wAARCABGACEDASIA";
const WEBP = "UklGRkYAAABXRUJQVlA4IDoAAACQAwCdASohAEYAP83m8HI/uDMsIigD8DmJaQAAEDdTUAV4i5QAAPGP3uWikV/4du";
const WEBP_LOSSLESS = "UklGRiQAAABXRUJQVlA4TBcAAAAvIEARAAdQ5CrUo/8BICH8Xy9G9D/lAgA=";
const WEBP_EXTENDED = "UklGRmoAAABXRUJQVlA4WAoAAAAIAAAAIAAARQAAVlA4IDoAAACQAwCdASohAEYAP83m8HI/uDMs";

function sizeOf(base64: string): ImageSize {
  const bytes = Bytes.fromString(base64);
  return imageSize(new Base64(bytes, 0, bytes.length));
}

function tokens(model: string, width: i32, height: i32, detail: ImageDetail = ImageDetail.Auto): i64 {
  const size = new ImageSize();
  size.width = width;
  size.height = height;
  return familyOf(model).imageTokens(size, detail);
}

describe("the size of an image", () => {
  test("is read from its own header, whatever its format", () => {
    const images = [PNG, GIF, JPEG, WEBP, WEBP_LOSSLESS, WEBP_EXTENDED];
    for (let i = 0; i < images.length; i++) {
      const size = sizeOf(images[i]);
      expect(size.width).toBe(33);
      expect(size.height).toBe(70);
    }
  });

  test("is unknown of an image that is cut short, or of none", () => {
    for (let end = 0; end < JPEG.length - 8; end++) expect(sizeOf(JPEG.substring(0, end)).isKnown).toBe(false);
    expect(sizeOf("").isKnown).toBe(false);
    expect(sizeOf("PHN2ZyB4bWxucz0i").isKnown).toBe(false);
    expect(sizeOf("!!!!").isKnown).toBe(false);
  });
});

describe("the tokens of an image", () => {
  test("are those of its tiles, as the provider's examples have them", () => {
    expect(tokens("gpt-4o", 1024, 1024)).toBe(765);
    expect(tokens("gpt-4o", 2048, 4096)).toBe(1105);
    expect(tokens("gpt-4o", 4096, 8192, ImageDetail.Low)).toBe(85);
    expect(tokens("gpt-4o", 512, 512)).toBe(255);
    expect(tokens("o1", 1024, 1024)).toBe(675);
    expect(tokens("gpt-5", 1024, 1024)).toBe(630);
    expect(tokens("gpt-4o-mini", 1024, 1024)).toBe(25501);
  });

  test("are those of its patches, as the provider's examples have them", () => {
    expect(tokens("o4-mini", 1024, 1024)).toBe((1024 * 172 + 99) / 100);
    expect(tokens("o4-mini", 1800, 2400)).toBe((1452 * 172 + 99) / 100);
    expect(tokens("gpt-5-nano", 16, 16)).toBe(3);
    expect(tokens("gpt-4.1-mini-2025-04-14", 64, 32)).toBe(4);
  });

  test("are bounded for every size", () => {
    const sides = [1, 2, 31, 32, 33, 511, 512, 513, 768, 2048, 2049, 65535, i32.MAX_VALUE];
    for (let i = 0; i < sides.length; i++) {
      for (let k = 0; k < sides.length; k++) {
        const patches = tokens("gpt-5-nano", sides[i], sides[k]);
        expect(patches).toBeGreaterThan(0);
        expect(patches).toBeLessThanOrEqual((1536 * 246 + 99) / 100);
        const tiles = tokens("gpt-4o", sides[i], sides[k]);
        expect(tiles).toBeGreaterThan(85);
        expect(tiles).toBeLessThanOrEqual(85 + 170 * 8);
      }
    }
  });

  test("of an unknown size are those of 1024 by 1024 pixels", () => {
    expect(tokens("gpt-4o", 0, 0)).toBe(tokens("gpt-4o", 1024, 1024));
  });
});
