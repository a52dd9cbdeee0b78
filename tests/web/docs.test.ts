// The documents: their snippets compile against the library's types, their links lead somewhere, the two
// languages say the same, and their figures and names are those of the code.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { CORE_ERROR_CODES, HOST_ERROR_CODES } from '../../web/src/errors.js';
import { FAULTS } from '../e2e/support/faults.js';
import { anchorOf, type Block, cellsOf, linksIn, parse } from './support/markdown.js';
import { path } from './support/node-package.js';

const GUIDES = ['docs/library.md', 'docs/library.zh-CN.md'] as const;
const READMES = ['README.md', 'README.zh-CN.md'] as const;

const documents = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z', '*.md'], {
  cwd: path('.'),
  encoding: 'utf8',
})
  .split('\0')
  .filter(Boolean);
const blocksOf = (name: string): Block[] => parse(readFileSync(path(name), 'utf8'));

interface Snippet {
  readonly place: string;
  readonly language: string;
  readonly code: string;
}

const snippets: Snippet[] = [...READMES, ...GUIDES].flatMap((name) =>
  blocksOf(name)
    .filter(({ kind }) => kind === 'code')
    .map(({ detail, text, line }) => ({
      place: `${name}:${line}`,
      language: detail,
      code: text,
    })),
);
const inLanguage = (...languages: string[]) =>
  snippets.filter(({ language }) => languages.includes(language));

/** What snippets take from those before them, and from the reader's page. */
const CONTEXT = `
declare const classifier: import('shiwu').Classifier;
declare const file: File;
declare const files: File[];
declare const image: HTMLImageElement;
declare const video: HTMLVideoElement;
declare const cancelButton: HTMLButtonElement;
declare const data: Uint8ClampedArray<ArrayBuffer>;
declare const width: number;
declare const height: number;
declare const maps: import('shiwu').ClassMaps;
declare const first: import('shiwu').Prediction;
declare const second: import('shiwu').Prediction;
`;

/** Module scripts of a snippet of HTML, as code that finds the library by its name. */
function scriptsIn(html: string): string {
  const inline = /<script type="module">(.*?)<\/script>/gs;
  const linked = /<script type="module" src="([^"]+)"><\/script>/g;
  const parts = [
    ...[...html.matchAll(linked)].map((match) => `import '${match[1]}';`),
    ...[...html.matchAll(inline)].map((match) => match[1] ?? ''),
  ];
  return parts
    .join('\n')
    .replace(
      /(['"])[^'"]*node_modules\/shiwu\/dist\/(\w+)\.js\1/g,
      (_, quote: string, name: string) =>
        name === 'index' ? `${quote}shiwu${quote}` : `${quote}shiwu/${name}${quote}`,
    );
}

/** Compiles each snippet as a module of its own, and gives the compiler's complaints with their places. */
function complaints(codes: readonly Snippet[]): string[] {
  const { config } = ts.readConfigFile(path('tsconfig.json'), ts.sys.readFile) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      ...config.compilerOptions,
      types: ['node'],
      // A snippet shows names that it need not use.
      noUnusedLocals: false,
      noUnusedParameters: false,
      paths: {
        shiwu: ['./web/src/index.ts'],
        'shiwu/node': ['./web/src/node.ts'],
        'shiwu/*': ['./web/src/*/index.ts'],
      },
    },
    path('.'),
  );
  options.pathsBasePath = path('.');
  const files = new Map(
    codes.map(({ code }, i) => [path(`snippet-${i}.ts`), `${code}\nexport {};\n`]),
  );
  files.set(path('snippet-context.d.ts'), CONTEXT);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, ...more) => {
    const code = files.get(name);
    if (code === undefined) return getSourceFile(name, ...more);
    return ts.createSourceFile(name, code, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return codes.flatMap(({ place }, i) => {
    const source = program.getSourceFile(path(`snippet-${i}.ts`));
    const found = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];
    return found.map(({ messageText, start = 0 }) => {
      const line = source?.getLineAndCharacterOfPosition(start).line ?? 0;
      return `${place}, line ${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
}

/** A snippet without its comments, in which the languages may differ. */
function bare({ language, code }: Snippet): string {
  if (language === 'html') return code.replace(/<!--.*?-->/gs, '');
  if (language !== 'js' && language !== 'ts') return code.replace(/\s+#.*$/gm, '');
  const compilerOptions = { removeComments: true, target: ts.ScriptTarget.ESNext };
  return ts.transpileModule(code, { compilerOptions }).outputText.replace(/\s+/g, ' ');
}

describe('snippets', () => {
  it('are there to be tested, in languages that are', () => {
    expect(inLanguage('js', 'ts').length).toBeGreaterThan(40);
    expect(inLanguage('html').length).toBeGreaterThan(0);
    expect(new Set(snippets.map(({ language }) => language))).toEqual(
      new Set(['js', 'html', 'sh', '']),
    );
  });

  it("compile against the library's types, and one with an option that there is not does not", () => {
    const scripts = inLanguage('html').map((snippet) => ({
      ...snippet,
      code: scriptsIn(snippet.code),
    }));
    const wrong = {
      place: 'here',
      language: 'js',
      code: "import { createClassifier } from 'shiwu';\nawait createClassifier({ cached: true });",
    };
    // One program for all: most of its time goes into the types of the DOM.
    expect(complaints([...inLanguage('js', 'ts'), ...scripts, wrong])).toEqual([
      expect.stringContaining('here, line 2: Object literal may only'),
    ]);
  }, 30_000);

  it.each(inLanguage('html'))('$place closes what it opens', ({ code }) => {
    const open: string[] = [];
    for (const [, end, name = ''] of code.matchAll(/<(\/?)([a-z][\w-]*)[^>]*>/g)) {
      if (['meta', 'link', 'input', 'img', 'br'].includes(name)) continue;
      if (end) expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });
});

describe('links', () => {
  it.each(documents)('of %s lead somewhere', (name) => {
    const broken = linksIn(blocksOf(name)).filter(({ target }) => {
      if (/^[a-z]+:/.test(target)) return false;
      const [file = '', anchor] = target.split('#');
      const at = file === '' ? name : posix.join(posix.dirname(name), decodeURI(file));
      if (!existsSync(path(at))) return true;
      if (anchor === undefined) return false;
      const headings = blocksOf(at).filter(({ kind }) => kind === 'heading');
      return !headings.some(({ text }) => anchorOf(text) === decodeURI(anchor));
    });
    expect(broken).toEqual([]);
  });
});

describe.each([
  ['the guides', GUIDES],
  ['the readmes', READMES],
])('%s', (_, [en, zh]) => {
  it('have the same sections, tables and snippets in the same order', () => {
    const outline = (name: string) =>
      blocksOf(name)
        .filter(({ kind }) => kind !== 'text')
        .map(({ kind, detail }) => `${kind} ${detail}`);
    expect(outline(zh)).toEqual(outline(en));
  });

  it('have the same snippets, comments aside', () => {
    const of = (name: string) =>
      snippets.filter(({ place }) => place.startsWith(`${name}:`)).map(bare);
    expect(of(zh)).toEqual(of(en));
  });
});

describe.each(GUIDES)('%s', (name) => {
  const text = readFileSync(path(name), 'utf8');

  it('explains every error code, once and no other', () => {
    const blocks = blocksOf(name);
    const header = blocks.findIndex(
      ({ kind, text }) => kind === 'row' && /\| (code|错误码) \|/.test(text),
    );
    const end = blocks.findIndex(({ kind }, i) => i > header && kind !== 'row');
    const codes = blocks.slice(header + 2, end).map(({ text }) => cellsOf(text)[0]);
    expect(codes).toEqual([...CORE_ERROR_CODES, ...HOST_ERROR_CODES].map((code) => `\`${code}\``));
  });

  it('names every option', () => {
    const source = ts.createSourceFile(
      'types.ts',
      readFileSync(path('web/src/types.ts'), 'utf8'),
      ts.ScriptTarget.ES2022,
    );
    const options = source.statements
      .filter(ts.isInterfaceDeclaration)
      .filter(({ name }) => name.text.endsWith('Options'))
      .flatMap(({ members }) => members.map((member) => member.name?.getText(source) ?? ''));
    expect(options.length).toBeGreaterThan(20);
    const words = new Set(text.match(/\w+/g));
    expect(options.filter((option) => !words.has(option))).toEqual([]);
  });

  it("has the sizes of the package's files", () => {
    const megabytes = (...names: string[]) =>
      (names.reduce((sum, name) => sum + statSync(path(`dist/${name}`)).size, 0) / 1e6).toFixed(1);
    const core = 'shiwu_wasm.wasm.gz';
    const runtime = 'ort-wasm-simd-threaded.wasm.gz';
    const model = 'models/lite0.onnx.gz';
    const parts = [core, model].map((name) => megabytes(name)).join(' + ');
    expect(text).toContain(`${parts} = ${megabytes(core, model)} MB`);
    expect(text).toContain(`| ${megabytes(runtime)} MB |`);
    expect(text).toContain(`| ${megabytes('ort-wasm-simd-threaded.asyncify.wasm.gz')} MB |`);
  });
});

describe('SECURITY.md', () => {
  it('lists the faults that are provoked, and what comes of each', () => {
    const rows = blocksOf('SECURITY.md')
      .filter(({ kind }) => kind === 'row')
      .map(({ text }) => cellsOf(text).map((cell) => cell.trim()));
    const found = rows.filter(([, , , bound = '']) => /^\d+ s$/.test(bound));
    const wanted = Object.values(FAULTS).map(({ fault, how, outcome, bound }) => [
      fault,
      how,
      outcome,
      `${bound / 1000} s`,
    ]);
    expect(found).toEqual(wanted);
  });

  it('names the limits that the code has', () => {
    const rows = blocksOf('SECURITY.md')
      .filter(({ kind, text }) => kind === 'row' && text.includes('` '))
      .map(({ text }) => cellsOf(text));
    const held = rows.flatMap(([, limit = '', , place = '']) => {
      const [, file, name] = /^`([^`]+)` (\w+)$/.exec(place.trim()) ?? [];
      return file && name ? [{ limit, file, name }] : [];
    });
    expect(held).toHaveLength(13);
    for (const { limit, file, name } of held) {
      const code = readFileSync(path(file), 'utf8');
      const said = new RegExp(`(?:\\b|-s)${name} ?= ?([^;\\n ]+(?: (?:<<|\\*\\*) \\d+)?)`).exec(
        code,
      )?.[1];
      expect(numberOf(said), `${file}: ${name}`).toBe(numberOf(limit));
    }
  });
});

/** 1 << 16, int64_t{1} << 27, 2 ** 30, 5'000, 200_000_000, 2GB, 2 GB. */
function numberOf(text = ''): number {
  const plain = text.replace(/[\s_']|\w+_t(?=\{)|[{}]/g, '');
  const [, base, operator, exponent] = /^(\d+)(?:(<<|\*\*)(\d+))?(?:GB)?$/.exec(plain) ?? [];
  return Number(base) * (operator ? 2 ** (Number(exponent) - (operator === '**' ? 1 : 0)) : 1);
}
