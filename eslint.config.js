import { readFileSync } from "node:fs";
import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import { tsImport } from "tsx/esm/api";
import ts from "typescript-eslint";

const { weir } = await tsImport("./build/lint/index.ts", import.meta.url);

/** The sources that are AssemblyScript, not TypeScript: .prettierrc.json names them. */
const ASSEMBLYSCRIPT = JSON.parse(readFileSync(new URL(".prettierrc.json", import.meta.url), "utf8")).overrides[0]
  .files;

/** The layers that may hold addresses. */
const RAW = ["abi", "bytes", "memory", "tokenizer", "vectors"].map((layer) => `assembly/${layer}/**`);

export default defineConfig(
  globalIgnores(["node_modules/", "build/out/", ".envoy/", ".python/", "**/*.tmp.ts"]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    name: "scripts and tests",
    files: ["**/*.ts"],
    ignores: ASSEMBLYSCRIPT,
    extends: [js.configs.recommended, ts.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...common(),
      eqeqeq: "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      // The compiler's output stream has a `toString` that its types leave out.
      "@typescript-eslint/no-base-to-string": ["error", { ignoredTypeNames: ["OutputStream"] }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // node:test's functions return promises that nobody needs to wait for.
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            { from: "package", package: "node:test", name: ["test", "it", "describe", "suite"] },
          ],
        },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    name: "tests",
    files: ["tests/**/*.ts"],
    ignores: ASSEMBLYSCRIPT,
    rules: {
      // They read the JSON that others answer, and functions of WebAssembly, which have no `this`.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    name: "configuration",
    files: ["**/*.js"],
    extends: [js.configs.recommended],
    languageOptions: { globals: { process: "readonly", URL: "readonly", WebAssembly: "readonly" } },
    rules: { eqeqeq: "error", "prefer-const": "error" },
  },
  {
    name: "AssemblyScript",
    files: ASSEMBLYSCRIPT,
    // Its decorators on functions are no valid TypeScript.
    languageOptions: { parser: ts.parser, parserOptions: { allowInvalidAST: true } },
    plugins: { weir, "@typescript-eslint": ts.plugin },
    settings: { weir: { unmanaged: ["Arena", "Block"] } },
    rules: {
      ...common(),
      "no-fallthrough": "error",
      "no-self-assign": "error",
      "no-self-compare": "error",
      "no-unreachable": "error",
      "no-unused-labels": "error",
      "no-useless-return": "error",
      "no-dupe-else-if": "error",
      "no-duplicate-case": "error",
      "no-cond-assign": "error",
      "no-empty": "error",
      "weir/no-concat-in-loop": "error",
      "weir/no-mutable-managed-global": "error",
    },
  },
  {
    name: "modules that tests make",
    files: ASSEMBLYSCRIPT,
    ignores: ["assembly/**", "tests/unit/**"],
    rules: {
      // Callbacks of the proxy take what the ABI gives; guests of the arenas break the rules on purpose.
      "@typescript-eslint/no-unused-vars": "off",
      "weir/no-mutable-managed-global": "off",
    },
  },
  {
    name: "the filter",
    files: ["assembly/**/*.ts"],
    plugins: { weir },
    rules: {
      "max-lines": ["error", { max: 325, skipBlankLines: true }],
      "weir/documented-exports": "error",
      "weir/no-managed-field-in-unmanaged-class": "error",
      "weir/no-raw-reference-store": "error",
      "weir/no-splice": "error",
      "weir/no-trap": "error",
    },
  },
  {
    name: "the filter above its lowest layers",
    files: ["assembly/**/*.ts"],
    ignores: RAW,
    rules: { "weir/no-raw-memory": "error" },
  },
  {
    name: "what ends the VM",
    // The abort itself, and the assertions of the checked build.
    files: ["assembly/abi/abort.ts", "assembly/memory/checks.ts"],
    rules: { "weir/no-trap": "off" },
  },
);

function common() {
  return {
    "no-var": "error",
    "prefer-const": "error",
    "no-else-return": "error",
    "no-lonely-if": "error",
    "no-useless-concat": "error",
    "object-shorthand": "error",
    "no-unneeded-ternary": "error",
    "no-unused-vars": "off",
    "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
  };
}
