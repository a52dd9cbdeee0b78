// `npx shiwu`, as the built package runs it.
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPictures } from '../../web/src/cli/pictures.js';
import { columns, padColumns } from '../../web/src/cli/width.js';
import { type Ended, path, runNode } from './support/node-package.js';

const CLI = path('dist/cli.js');
const PATIENCE = 60_000;

/**
 * 照片/咖啡.png, 照片/2.PNG, 照片/10.png, 照片/旧照片/猫.png, 照片/说明.txt, [1].png, 坏的.jpg: small
 * pictures, for the sake of time.
 */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shiwu-cli-'));
  await mkdir(join(folder, '照片/旧照片'), { recursive: true });
  const [coffee, cat] = ['coffee', 'chelsea'].map((name) =>
    path(`tests/fixtures/golden/lite0/${name}.224.png`),
  ) as [string, string];
  for (const name of ['照片/咖啡.png', '照片/2.PNG', '照片/10.png', '[1].png']) {
    await cp(coffee, join(folder, name));
  }
  await cp(cat, join(folder, '照片/旧照片/猫.png'));
  await writeFile(join(folder, '照片/说明.txt'), '不是图片');
  await writeFile(join(folder, '坏的.jpg'), '不是图片，虽然名字像。');
});
afterAll(() => rm(folder, { recursive: true }));

function shiwu(args: readonly string[], stdin?: string | Uint8Array): Promise<Ended> {
  return runNode([CLI, ...args], {
    cwd: folder,
    patience: PATIENCE,
    ...(stdin === undefined ? {} : { stdin }),
  });
}

/** The rows that `--json` prints, each with the first name or the error's code. */
function rows({ stdout }: Ended): [file: string, answer: string][] {
  interface Row {
    file: string;
    predictions?: { label: string }[];
    error?: { code: string };
  }
  return (JSON.parse(stdout) as Row[]).map(({ file, predictions, error }) => [
    file,
    error?.code ?? predictions?.[0]?.label ?? '',
  ]);
}

describe('answers', { timeout: PATIENCE }, () => {
  it('for people: names aligned, without colour when nobody watches', async () => {
    const ended = await shiwu(['照片/咖啡.png', '--top', '4']);
    expect(ended).toEqual({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/^照片\/咖啡\.png\n {2}浓缩咖啡 /),
    });
    const lines = ended.stdout.trimEnd().split('\n');
    expect(lines.length).toBe(5);
    expect(new Set(lines.slice(1).map(columns)).size).toBe(1);
    expect(lines.slice(1).every((line) => /^ {2}\S.* {2,}\d+\.\d%$/.test(line))).toBe(true);
  });

  it('as JSON: whole results, and failures among them', async () => {
    const ended = await shiwu(['照片', '坏的.jpg', '没有.jpg', '--json', '--top', '3']);
    expect(ended.status).toBe(1);
    expect(rows(ended)).toEqual([
      ['照片/2.PNG', '浓缩咖啡'],
      ['照片/10.png', '浓缩咖啡'],
      ['照片/旧照片/猫.png', '埃及猫'],
      ['照片/咖啡.png', '浓缩咖啡'],
      ['坏的.jpg', 'unsupported-format'],
      ['没有.jpg', 'unreadable-input'],
    ]);
    const [first, , , , bad] = JSON.parse(ended.stdout);
    expect(first.predictions.length).toBe(3);
    expect(first.predictions[0]).toMatchObject({ label_en: 'espresso', id: 'n07920052' });
    expect(first.image).toMatchObject({ width: 224, height: 224, decoder: 'shiwu' });
    expect(bad.error.zh).toMatch(/图片/);
    expect(ended.stderr).toMatch(/^坏的\.jpg: 这不像是一张图片.*\n没有\.jpg: 读不到.*\n$/);
  });

  it('as CSV: readable by Excel, formulas disarmed', async () => {
    await cp(join(folder, '照片/2.PNG'), join(folder, '=1+1.png'));
    const { status, stdout } = await shiwu('=1+1.png 坏的.jpg --csv --top 2 --lang en'.split(' '));
    await rm(join(folder, '=1+1.png'));
    expect(status).toBe(1);
    const [header, formula, bad, rest] = stdout.split('\r\n');
    expect(header).toBe('\ufefffile,name1,score1,name2,score2,error');
    expect(formula).toMatch(/^'=1\+1\.png,espresso,0\.\d{6},[^,]+,0\.\d{6},$/);
    expect(bad).toMatch(/^坏的\.jpg,,,,,"unsupported-format: This is not an image/);
    expect(rest).toBe('');
  });
});

describe('pictures', { timeout: PATIENCE }, () => {
  const namesOf = async (words: readonly string[], recursive = true) => {
    const { pictures } = await findPictures(
      words.map((word) => join(folder, word)),
      { recursive },
    );
    return pictures.map(({ name }) => relative(folder, name).replaceAll('\\', '/'));
  };

  it('in a folder and its folders, 2 before 10, other files left out', async () => {
    expect(await namesOf(['照片'])).toEqual([
      '照片/2.PNG',
      '照片/10.png',
      '照片/旧照片/猫.png',
      '照片/咖啡.png',
    ]);
  });

  it('in a folder alone', async () => {
    expect(await namesOf(['照片'], false)).toEqual(['照片/2.PNG', '照片/10.png', '照片/咖啡.png']);
  });

  it('by a glob whatever the case, by a name with brackets, each once', async () => {
    expect(await namesOf(['照片/*.png', '照片/../照片/10.png', '[1].png'])).toEqual([
      '照片/2.PNG',
      '照片/10.png',
      '照片/咖啡.png',
      '[1].png',
    ]);
  });

  it('that are missing stay, and folders and globs without any are told', async () => {
    await mkdir(join(folder, '空'));
    const words = ['没有.jpg', '空', '*.gif'].map((word) => join(folder, word));
    const { pictures, empty } = await findPictures(words, { recursive: true });
    expect(pictures.map(({ name }) => name)).toEqual(words.slice(0, 1));
    expect(empty).toEqual(words.slice(1));
  });

  it('from standard input', async () => {
    const ended = await shiwu(['-', '--json'], await readFile(join(folder, '照片/10.png')));
    expect(rows(ended)).toEqual([['-', '浓缩咖啡']]);
  });

  it('from a list on standard input', async () => {
    const list = '照片/10.png\r\n\n没有.png\n';
    expect(rows(await shiwu(['--files-from', '-', '--json'], list))).toEqual([
      ['照片/10.png', '浓缩咖啡'],
      ['没有.png', 'unreadable-input'],
    ]);
  });

  it('by another model', async () => {
    const model = path('tests/fixtures/shapes/shapes.onnx');
    const star = path('tests/fixtures/shapes/star.png');
    const ended = await shiwu([star, '--model', model, '--json', '--top', '500']);
    expect(rows(ended)).toEqual([[star, '五角星']]);
  });
});

describe('exit status', { timeout: PATIENCE }, () => {
  it.each<[string, string[], RegExp]>([
    ['nothing given', [], /没有给出图片/],
    ['nothing found', ['*.nothing'], /没有找到：\*\.nothing\n没有找到图片/],
    ['an unknown option', ['--wat'], /unknown option '--wat'/],
    ['a number that is none', ['a.png', '--top', '0'], /需要整数/],
    ['two formats', ['a.png', '--json', '--csv'], /conflicts|cannot be used/],
    ['too many workers', ['[1].png', '--concurrency', '99'], /1–16/],
    ['standard input twice', ['-', '--files-from', '-'], /标准输入只能用一次/],
    ['a list that is missing', ['--files-from', '没有.txt'], /ENOENT/],
    ['a model that is none', ['[1].png', '--model', '坏的.jpg'], /ONNX 分类模型/],
  ])('2: %s', async (_, args, message) => {
    const ended = await shiwu(args);
    expect(ended.stderr).toMatch(message);
    expect([ended.status, ended.stdout]).toEqual([2, '']);
  });

  it('1: a glob without pictures beside a good one', async () => {
    const ended = await shiwu(['[1].png', '*.gif', '--json']);
    expect(rows(ended)).toEqual([['[1].png', '浓缩咖啡']]);
    expect([ended.status, ended.stderr]).toEqual([1, '没有找到：*.gif\n']);
  });

  it('0: help, Chinese first', async () => {
    const { status, stdout } = await shiwu(['--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/识物：说出照片里是什么.*Names what photos show.*--files-from/s);
  });

  it('130: Ctrl-C leaves whole JSON', async () => {
    const many = Array.from({ length: 60 }, (_, i) => `${i}.png`);
    const deck = join(folder, '许多');
    await mkdir(deck);
    for (const name of many) await cp(path('tests/fixtures/photos/coffee.png'), join(deck, name));
    const child = spawn(process.execPath, [CLI, deck, '--json', '--concurrency', '1'], {
      timeout: PATIENCE,
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (!stdout.includes('},')) child.kill('SIGINT');
      stdout += chunk.toString('utf8');
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    await rm(deck, { recursive: true });
    expect(status).toBe(130);
    expect(JSON.parse(stdout).length).toBeLessThan(60);
  });
});

describe('columns', () => {
  it('counts Han, kana and emoji twice, combining marks not at all', () => {
    expect(['abc', '浓缩咖啡', 'カメラ', '🐈', 'e\u0301', '（）'].map(columns)).toEqual([
      3, 8, 6, 2, 1, 4,
    ]);
    expect(padColumns('猫', 4)).toBe('猫  ');
  });
});
