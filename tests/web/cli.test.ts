// `npx shiwu`, as the built package runs it.
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPictures } from '../../web/src/cli/pictures.js';
import { columns, padColumns } from '../../web/src/cli/width.js';
import type { Classification, ShiwuError } from '../../web/src/node.js';
import expected from '../fixtures/models/expected.json';
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
  await writeFile(join(folder, '空的.txt'), '\n');
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

/** A row that `--json` prints. */
interface Row extends Partial<Classification> {
  readonly file: string;
  readonly error?: Pick<ShiwuError, 'code' | 'zh' | 'en' | 'detail'>;
}

/** The rows that `--json` prints, each with the first name or the error's code. */
function rows({ stdout }: Ended): [file: string, answer: string][] {
  return (JSON.parse(stdout) as Row[]).map(({ file, predictions, error }) => [
    file,
    error?.code ?? predictions?.[0]?.label ?? '',
  ]);
}

/** What `--json` prints of the one picture that was given. */
function resultOf({ stdout }: Ended): Classification {
  return (JSON.parse(stdout) as [Classification])[0];
}

describe('answers', { timeout: PATIENCE }, () => {
  it('for people: the answer, names aligned, without colour when nobody watches', async () => {
    const ended = await shiwu(['照片/咖啡.png', '--top', '4']);
    expect(ended).toEqual({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/^照片\/咖啡\.png {2}浓缩咖啡\n {2}浓缩咖啡 /) as unknown,
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
    const [first, , , , bad] = JSON.parse(ended.stdout) as Row[];
    expect(first?.answer).toMatchObject({ kind: 'class', label: '浓缩咖啡' });
    expect(first?.predictions?.length).toBe(3);
    expect(first?.predictions?.[0]).toMatchObject({
      label_en: 'espresso',
      label_pinyin: 'nóngsuō kāfēi',
      id: 'n07920052',
    });
    expect(first?.image).toMatchObject({ width: 224, height: 224, decoder: 'shiwu' });
    expect(bad?.error?.zh).toMatch(/图片/);
    expect(ended.stderr).toMatch(/^坏的\.jpg: 这不像是一张图片.*\n没有\.jpg: 读不到.*\n$/);
  });

  it('as CSV: readable by Excel, formulas disarmed', async () => {
    await cp(join(folder, '照片/2.PNG'), join(folder, '=1+1.png'));
    const { status, stdout } = await shiwu('=1+1.png 坏的.jpg --csv --top 2 --lang en'.split(' '));
    await rm(join(folder, '=1+1.png'));
    expect(status).toBe(1);
    const [header, formula, bad, rest] = stdout.split('\r\n');
    expect(header).toBe(
      '\ufefffile,answer,answer_kind,answer_score,name1,score1,name2,score2,error',
    );
    expect(formula).toMatch(
      /^'=1\+1\.png,espresso,class,0\.\d{6},espresso,0\.\d{6},[^,]+,0\.\d{6},$/,
    );
    expect(bad).toMatch(/^坏的\.jpg,,,,,,,,"unsupported-format: This is not an image/);
    expect(rest).toBe('');
  });

  it('in Traditional characters: names, and what went wrong', async () => {
    const { stdout, stderr } = await shiwu('照片/2.PNG 坏的.jpg --top 1 --lang zh-hant'.split(' '));
    expect(stdout).toMatch(/濃縮咖啡\n +濃縮咖啡 +\d/);
    expect(stderr).toBe(
      '坏的.jpg: 這不像是一張圖片，請換成 JPEG、PNG、WebP、GIF 或 BMP。 (unknown)\n',
    );
  });

  it('as CSV by RFC 4180: quotes, commas and line breaks in a name', async () => {
    const name = '甲"乙"，a,b\nc.png';
    await cp(join(folder, '照片/2.PNG'), join(folder, name));
    const { status, stdout } = await shiwu([name, '--csv', '--top', '1', '--lang', 'en']);
    await rm(join(folder, name));
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /\r\n"甲""乙""，a,b\nc\.png",espresso,class,0\.\d{6},espresso,0\.\d{6},\r\n$/,
    );
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

  it('by globs below folders whose names have brackets and parentheses', async () => {
    const deep = join(folder, '新建文件夹 (2)/[2024] {旧}!');
    await mkdir(deep, { recursive: true });
    const png = join(folder, '照片/2.PNG');
    for (const name of ['a (1).png', 'b+c.png', 'd.txt']) await cp(png, join(deep, name));
    const place = '新建文件夹 (2)/[2024] {旧}!';
    const both = [`${place}/a (1).png`, `${place}/b+c.png`];
    expect(await namesOf([`${place}/*.png`])).toEqual(both);
    expect(await namesOf(['新建文件夹 (2)/**/*.PNG'])).toEqual(both);
    expect(await namesOf(['新建*/*/*.png'])).toEqual(both);
    expect(await namesOf([`**/${'[2024] {旧}!'}/[ab]*.png`])).toEqual(both);
    expect(await namesOf([`${place}/{a,b}*.png`])).toEqual(both);
    expect(await namesOf([`${place}/a (*).png`, `${place}/*(1).png`])).toEqual(both.slice(0, 1));
    expect(await namesOf([`${place}/(b|x)+*.png`])).toEqual(both.slice(1));
    expect(await namesOf(['新建*/[2024]*/b*.png'])).toEqual(both.slice(1));
    expect(await namesOf(['{照片/旧照片,照片}/*.png'])).toEqual([
      '照片/2.PNG',
      '照片/10.png',
      '照片/旧照片/猫.png',
      '照片/咖啡.png',
    ]);
    await rm(join(folder, '新建文件夹 (2)'), { recursive: true });
  });

  it('keep the form in which they were written', async () => {
    const absolute = await findPictures([join(folder, '照片/*.png')], { recursive: true });
    expect(absolute.pictures.map(({ name }) => name)).toEqual(
      ['2.PNG', '10.png', '咖啡.png'].map((name) => join(folder, '照片', name)),
    );
    expect(rows(await shiwu(['照片/1*.png', join(folder, '照片/2*'), '--json']))).toEqual([
      ['照片/10.png', '浓缩咖啡'],
      [join(folder, '照片/2.PNG'), '浓缩咖啡'],
    ]);
  });

  it('behind links, but no circle, and what is left out is said', async () => {
    const [deck, elsewhere] = [join(folder, '链接'), join(folder, '别处')];
    await mkdir(join(deck, '里'), { recursive: true });
    await mkdir(elsewhere);
    const png = join(folder, '照片/2.PNG');
    await cp(png, join(elsewhere, '远.png'));
    await cp(png, join(deck, '里/真.png'));
    await symlink(png, join(deck, '照.png'));
    await symlink(elsewhere, join(deck, '远方'));
    await symlink(deck, join(deck, '里/圈'));
    await symlink(join(deck, '里'), join(deck, '又'));
    await symlink(join(folder, '不在了.png'), join(deck, '断.png'));
    await symlink(join(folder, '不在了'), join(deck, '断'));
    expect(await namesOf(['链接'])).toEqual(['链接/里/真.png', '链接/远方/远.png', '链接/照.png']);
    expect(await namesOf(['链接'], false)).toEqual(['链接/照.png']);
    expect(await namesOf(['链接/*.png'])).toEqual(['链接/照.png']);
    expect(await namesOf(['链接/**/*.png'])).toEqual([
      '链接/里/真.png',
      '链接/远方/远.png',
      '链接/照.png',
    ]);
    const ended = await shiwu(['链接', '--json']);
    expect(rows(ended).length).toBe(3);
    expect(ended.stderr.trimEnd().split('\n').sort()).toEqual([
      '跳过（这个文件夹已经看过）：链接/又',
      '跳过（这个文件夹已经看过）：链接/里/圈',
      '跳过（链接指向的文件不在了）：链接/断.png',
    ]);
    await rm(deck, { recursive: true });
    await rm(elsewhere, { recursive: true });
  });

  it('that are missing stay, and folders and globs without any are told', async () => {
    await mkdir(join(folder, '空'));
    const words = ['没有.jpg', '没有 (1).jpg', '空', '*.gif'].map((word) => join(folder, word));
    const { pictures, empty } = await findPictures(words, { recursive: true });
    expect(pictures.map(({ name }) => name)).toEqual(words.slice(0, 2));
    expect(empty).toEqual(words.slice(2));
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

  // Python's codecs made the GBK: 照片/10.png, [1].png, 全角（２）.png.
  it.each<[string, Buffer]>([
    ['UTF-8', Buffer.from('照片/10.png\n[1].png\n全角（２）.png\n')],
    ['UTF-8 with its mark', Buffer.from('\ufeff照片/10.png\r\n[1].png\r\n全角（２）.png')],
    ['UTF-16', Buffer.from('\ufeff照片/10.png\r\n[1].png\r\n全角（２）.png\r\n', 'utf16le')],
    [
      'UTF-16, big end first',
      Buffer.from('\ufeff照片/10.png\n[1].png\n全角（２）.png\n', 'utf16le').swap16(),
    ],
    [
      'GB 18030',
      Buffer.from('d5d5c6ac2f31302e706e670a5b315d2e706e670ac8abbdc7a3a8a3b2a3a92e706e670a', 'hex'),
    ],
  ])('from a list in %s, where nothing is a glob', async (_, list) => {
    await writeFile(join(folder, '清单.txt'), list);
    expect(rows(await shiwu(['--files-from', '清单.txt', '--json']))).toEqual([
      ['照片/10.png', '浓缩咖啡'],
      ['[1].png', '浓缩咖啡'],
      ['全角（２）.png', 'unreadable-input'],
    ]);
    await rm(join(folder, '清单.txt'));
  });

  it('up to the size that is given', async () => {
    const small = await shiwu(['照片/10.png', '--json', '--max-pixels', '50000']);
    expect([small.status, rows(small)]).toEqual([1, [['照片/10.png', 'image-too-large']]]);
    const large = await shiwu(['照片/10.png', '--json', '--max-pixels', '0.0502M']);
    expect(rows(large)).toEqual([['照片/10.png', '浓缩咖啡']]);
  });

  it('by a model with its weights in a second file, and names from a table', async () => {
    const model = path('tests/fixtures/models/outside.onnx');
    const single = path('tests/fixtures/models/nchw.onnx');
    const cat = path('tests/fixtures/photos/chelsea.png');
    // 编号,名称 / 3,自行车 / 0,猫 / 2,杯子 / 1,狗 in GBK.
    const gbk = 'b1e0bac52cc3fbb3c60a332cd7d4d0d0b3b50a302cc3a80a322cb1add7d30a312cb9b70a';
    await writeFile(join(folder, '名称.csv'), Buffer.from(gbk, 'hex'));
    const byModel = (name: string) =>
      shiwu([cat, '--json', '--labels', '名称.csv', '--model', name]);
    const ended = await byModel(model);
    expect(ended.stderr).toMatch(
      /^名称\.csv 不是 UTF-8，按 GB18030（GBK）读。\n名称取自「名称」一列/,
    );
    const { predictions } = resultOf(ended);
    for (const { index, label, score } of predictions) {
      expect(label).toBe(['猫', '狗', '杯子', '自行车'][index]);
      expect(score).toBeCloseTo(expected.chelsea.classes[index] as number, 5);
    }
    expect(resultOf(await byModel(single)).predictions).toEqual(predictions);
    // Without its other file, it says which.
    await cp(model, join(folder, '只有一半.onnx'));
    const half = await byModel('只有一半.onnx');
    expect([half.status, half.stderr]).toEqual([
      2,
      expect.stringMatching(/权重在另一个文件里.*outside\.onnx\.data/),
    ]);
    const unnamed = await shiwu([cat, '--model', single]);
    expect(unnamed.stderr).toMatch(/用 --labels 给出类别的名称/);
  });

  it('by a model of yes and no', async () => {
    const model = path('tests/fixtures/models/yes-no.onnx');
    const cat = path('tests/fixtures/photos/chelsea.png');
    const { yes } = expected.chelsea;
    const answer = async (...more: string[]) => {
      const { predictions } = resultOf(await shiwu([cat, '--json', '--model', model, ...more]));
      return predictions.map(({ label, score }) => [label, score.toFixed(5)]);
    };
    const both = [yes.toFixed(5), (1 - yes).toFixed(5)];
    expect(await answer()).toEqual([
      ['是', both[0]],
      ['否', both[1]],
    ]);
    await writeFile(join(folder, '一.txt'), '狗\n');
    expect(await answer('--labels', '一.txt')).toEqual([['狗', both[0]]]);
    await writeFile(join(folder, '二.txt'), '猫\n狗\n');
    expect(await answer('--labels', '二.txt')).toEqual([
      ['狗', both[0]],
      ['猫', both[1]],
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
    ['pixels that are none', ['a.png', '--max-pixels', '0'], /需要像素数/],
    ['labels that are missing', ['[1].png', '--labels', '没有.txt'], /ENOENT/],
    ['labels that are none', ['[1].png', '--labels', '空的.txt'], /标签表有误.*no-labels/],
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
    expect((JSON.parse(stdout) as Row[]).length).toBeLessThan(60);
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
