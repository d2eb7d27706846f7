import { matches } from "../bytes/glob";
import { ImageDetail } from "../llm/conversation";
import { ImageSize } from "./image-size";

/** How a family of models counts an image. */
export enum ImageRule {
  /** So much for the image, and so much for every tile of 512 by 512 pixels. */
  Tiles,
  /** So much for every patch of 32 by 32 pixels, at most 1,536 of them. */
  Patches,
}

/**
 * What the models of one family add to the tokens of the texts: the frame of a chat.
 *
 * The provider publishes the rules for images; those of the frame are what it charges: checked against the `prompt_tokens` of recorded
 * answers (docs/token-counts.md).
 */
@final
export class ModelFamily {
  constructor(
    /** Models by name; `*` is any run of characters. */
    readonly models: string[],
    /** Tokens that begin the answer. */
    readonly priming: i32,
    /** Tokens about each message that is the assistant's, beside those that all messages have. */
    readonly perAssistant: i32,
    /** Tokens about the tools, if there are any. */
    readonly perTools: i32,
    readonly imageRule: ImageRule,
    /** Tokens of an image in low detail, or in all, beside its tiles. */
    readonly imageBase: i32,
    /** Tokens of a tile; hundredths of a token of a patch. */
    readonly imageUnit: i32,
  ) {}

  /** Tokens about each message: its beginning, its role's end and its own. */
  get perMessage(): i32 {
    return 3;
  }

  /** Tokens of an image of that size; one whose size nobody can tell counts as 1024 by 1024 pixels. */
  imageTokens(size: ImageSize, detail: ImageDetail): i64 {
    const width = size.isKnown ? <f64>size.width : UNKNOWN_SIDE;
    const height = size.isKnown ? <f64>size.height : UNKNOWN_SIDE;
    if (this.imageRule == ImageRule.Patches) return (patchesOf(width, height) * this.imageUnit + 99) / 100;
    if (detail == ImageDetail.Low) return this.imageBase;
    return <i64>this.imageBase + <i64>this.imageUnit * tilesOf(width, height);
  }
}

const UNKNOWN_SIDE: f64 = 1024;
const MOST_PATCHES: f64 = 1536;

/**
 * An image is made to fit 2048 by 2048 pixels, then its shorter side 768, and cut into tiles of 512.
 * Source: https://platform.openai.com/docs/guides/images-vision#calculating-costs
 */
function tilesOf(width: f64, height: f64): i64 {
  const fit = min<f64>(1, 2048 / max(width, height));
  const shrink = min<f64>(1, 768 / (min(width, height) * fit));
  return <i64>(ceil((width * fit * shrink) / 512) * ceil((height * fit * shrink) / 512));
}

/**
 * An image is cut into patches of 32 pixels; one that has more than 1,536 is made smaller, so that whole patches fill it.
 * Source: https://platform.openai.com/docs/guides/images-vision#calculating-costs
 */
function patchesOf(width: f64, height: f64): i64 {
  const patches = ceil(width / 32) * ceil(height / 32);
  if (patches <= MOST_PATCHES) return <i64>patches;
  const shrink = sqrt((32 * 32 * MOST_PATCHES) / (width * height));
  const wide = (width * shrink) / 32;
  const high = (height * shrink) / 32;
  const whole = shrink * min(floor(wide) / wide, floor(high) / high);
  // Of a line a pixel wide no whole patch is left.
  return <i64>max(min(ceil((width * whole) / 32) * ceil((height * whole) / 32), MOST_PATCHES), 1);
}

const HARMONY_TOOLS = 91;
const OLDER_TOOLS = 9;

/** The families, the first that matches; the last matches every model. */
const FAMILIES: ModelFamily[] = [
  new ModelFamily(["gpt-5-mini*", "gpt-5.*-mini*"], 2, 2, HARMONY_TOOLS, ImageRule.Patches, 0, 162),
  new ModelFamily(["gpt-5-nano*", "gpt-5.*-nano*"], 2, 2, HARMONY_TOOLS, ImageRule.Patches, 0, 246),
  new ModelFamily(["gpt-5*", "gpt-oss*"], 2, 2, HARMONY_TOOLS, ImageRule.Tiles, 70, 140),
  new ModelFamily(["o4-mini*"], 2, 2, HARMONY_TOOLS, ImageRule.Patches, 0, 172),
  new ModelFamily(["o1*", "o3*", "o4*"], 2, 2, HARMONY_TOOLS, ImageRule.Tiles, 75, 150),
  new ModelFamily(["gpt-4.1-mini*"], 3, 0, OLDER_TOOLS, ImageRule.Patches, 0, 162),
  new ModelFamily(["gpt-4.1-nano*"], 3, 0, OLDER_TOOLS, ImageRule.Patches, 0, 246),
  new ModelFamily(["gpt-4o-mini*"], 3, 0, OLDER_TOOLS, ImageRule.Tiles, 2833, 5667),
  new ModelFamily(["*"], 3, 0, OLDER_TOOLS, ImageRule.Tiles, 85, 170),
];

/** The family of a model; that of gpt-4o for models that nobody knows. */
export function familyOf(model: string): ModelFamily {
  for (let i = 0; i < FAMILIES.length; i++) {
    const family = FAMILIES[i];
    for (let k = 0; k < family.models.length; k++) if (matches(family.models[k], model)) return family;
  }
  return FAMILIES[FAMILIES.length - 1];
}
