/**
 * Texts to count, by kind: from packages that are installed anyway, and for languages that none of them speaks, from words below in a
 * random order. Nothing of it is in this repository, save the words.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Random } from "../../fuzz/wire/random";

export interface Corpus {
  readonly name: string;
  readonly text: string;
}

const PACKAGES = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const MOST_CHARACTERS = 400_000;

const ARABIC =
  "في من على إلى أن هذا التي الذي كان قال بعد كل بين حتى عند هذه كما قد لم لا ما هو هي أو ثم العالم الحكومة المدينة الناس اليوم السنة الكتاب اللغة العربية التعليم الجامعة الطلاب يستطيع يريدون كتبت المعلومات الشبكة البرنامج السؤال الجواب بسرعة والمستقبل وبالتالي للمساعدة الاقتصادية التاريخ الشمس البحر الطريق السيارة مفتوحة جديد كبيرة صغير طويلة";
const VIETNAMESE =
  "và của là có trong được cho không một các người này với để những khi đã từ đến như nhưng tôi bạn chúng ta họ về nước thời gian công việc học sinh trường đại học thành phố Hà Nội Việt Nam ngôn ngữ câu hỏi trả lời thông tin máy tính chương trình phát triển kinh tế xã hội giáo dục sức khỏe gia đình cuộc sống tương lai đường phố nghiên cứu khoa học";
const EMOJI =
  "😀 😂 🥲 😍 🤖 👍 👍🏽 🙏 🎉 🔥 ❤️ 💔 ✨ 🚀 🌍 🇩🇪 🇯🇵 🇧🇷 👩‍💻 👨‍👩‍👧‍👦 🏳️‍🌈 ☕ 🍕 🐍 🦀 ✅ ❌ ⚠️ 📈 🧪 🤷‍♀️ 🫠 ok lol yes! nice...";

/** All corpora, each of at most 400,000 characters. */
export function corpora(): Corpus[] {
  const english = markdown([
    "commander/Readme.md",
    "openai/README.md",
    "typescript/README.md",
    "cacheable/README.md",
    "yaml/README.md",
    "ajv/README.md",
    "tsx/README.md",
    "keyv/README.md",
    "hookified/README.md",
    "binaryen/README.md",
    "eslint/README.md",
    "json-as/README.md",
    "prettier/THIRD-PARTY-NOTICES.md",
    "openai/CHANGELOG.md",
  ]);
  const code = sources("assemblyscript/std/assembly", ".ts") + read("ajv/dist/core.js") + sources("yaml/dist", ".js");
  const texts: Record<string, string> = {
    English: english,
    code,
    "minified code": read("assemblyscript/dist/transform.js") + read("prettier/plugins/babel.js"),
    "chat JSON": chat(english),
    German: diagnostics("de"),
    French: diagnostics("fr"),
    Chinese: diagnostics("zh-cn"),
    Japanese: diagnostics("ja"),
    Arabic: sentences(ARABIC, 21, "، "),
    Russian: diagnostics("ru"),
    Vietnamese: sentences(VIETNAMESE, 22, ", "),
    emoji: sentences(EMOJI, 23, " "),
  };
  return Object.entries(texts).map(([name, text]) => ({ name, text: wellFormed(text.slice(0, MOST_CHARACTERS)) }));
}

/** Texts that are long single pieces, and others that cost most per byte: each of about `bytes` bytes. */
export function adversaries(bytes: number): Corpus[] {
  const random = new Random(5);
  const letters = (alphabet: string, n: number): string => {
    const all = [...alphabet];
    return Array.from({ length: n }, () => random.pick(all)).join("");
  };
  const han = Array.from({ length: 3000 }, (_, i) => String.fromCodePoint(0x4e00 + i * 6)).join("");
  const texts: Record<string, string> = {
    a: "a".repeat(bytes),
    "=": "=".repeat(bytes),
    "-": "-".repeat(bytes),
    spaces: " ".repeat(bytes),
    "line ends": "\n".repeat(bytes),
    "a few letters": letters("abe", bytes),
    "random letters": letters("abcdefghijklmnopqrstuvwxyz", bytes),
    "random symbols": letters("!#$%&()*+,-.:;<=>?@[]^_{|}~", bytes),
    "combining marks": "\u0301".repeat(bytes / 2),
    "random Han": letters(han, bytes / 3),
    base64: letters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", bytes),
    digits: letters("0123456789", bytes),
    "capitals behind Han": `\u4e2d${"A".repeat(bytes)}`,
    "spaces behind a line end": `\n${" ".repeat(bytes)}`,
  };
  return Object.entries(texts).map(([name, text]) => ({ name, text }));
}

/** The text with U+FFFD where it was cut inside a character. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function read(path: string): string {
  return readFileSync(join(PACKAGES, path), "utf8");
}

function sources(folder: string, ending: string): string {
  const names = readdirSync(join(PACKAGES, folder), { recursive: true, encoding: "utf8" }).sort();
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => read(join(folder, name)))
    .join("\n");
}

/** The prose of pages: paragraphs without code, tables and links. */
function markdown(paths: readonly string[]): string {
  const pages = paths.map((path) => {
    try {
      return read(path);
    } catch {
      return "";
    }
  });
  return pages
    .join("\n")
    .replace(/```[\s\S]*?```/g, "")
    .replace(/\]\([^)]*\)/g, "]")
    .split("\n")
    .filter((line) => !/^\s*[|<#]|https?:/.test(line))
    .join("\n");
}

/** The compiler's messages in one language. */
function diagnostics(language: string): string {
  const file = `typescript/lib/${language}/diagnosticMessages.generated.json`;
  return Object.values(JSON.parse(read(file)) as Record<string, string>).join("\n");
}

function chat(text: string): string {
  const roles = ["user", "assistant"];
  const paragraphs = text.split(/\n\n+/).filter((part) => part.trim() !== "");
  const messages = paragraphs.map((content, i) => ({ role: roles[i % 2], content }));
  return JSON.stringify({ model: "gpt-4o", stream: true, messages });
}

function sentences(words: string, seed: number, comma: string): string {
  const random = new Random(seed);
  const all = words.split(" ");
  const out: string[] = [];
  for (let length = 0; length < MOST_CHARACTERS;) {
    const sentence = Array.from({ length: 5 + random.below(20) }, () => random.pick(all));
    const text = sentence.map((word) => (random.oneIn(9) ? word + comma : `${word} `)).join("");
    out.push(`${text.trim()}.`);
    length += text.length;
  }
  return out.join(" ");
}
