/** The command's arguments and its help. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { LANGUAGES, type Language } from './language.js';

declare const SHIWU_VERSION: string;

export interface Options {
  readonly json?: true;
  readonly csv?: true;
  readonly top: number;
  readonly lang: Language;
  readonly model?: string;
  readonly labels?: string;
  readonly maxPixels?: number;
  readonly concurrency?: number;
  readonly recursive: boolean;
  readonly filesFrom?: string;
}

const EXAMPLES = `
例子 Examples:
  shiwu 照片.jpg
  shiwu 相册/ --csv > 结果.csv
  shiwu "2024*/*.jpg" --top 1 --json
  cat 照片.jpg | shiwu -
  find . -name "*.png" | shiwu --files-from -
  shiwu 相册/ --model 花.onnx --labels 花名.csv

退出状态 Exit status:
  0 都认出来了 all named    1 有文件失败 some files failed
  2 用法不对或没有图片 wrong usage, or no pictures    130 被 Ctrl-C 停止 stopped
`;

/** @param act is given the pictures' words and the options; throws CommanderError for wrong usage */
export function usage(act: (words: string[], options: Options) => Promise<void>): Command {
  const integer = (most: number) => (text: string) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`需要整数 a whole number: 1–${most}`);
  };
  const pixels = (text: string) => {
    const [, number, million] = /^(\d{1,12}(?:\.\d+)?)(m?)$/i.exec(text) ?? [];
    const value = Number(number) * (million ? 1e6 : 1);
    if (value >= 1) return Math.floor(value);
    throw new InvalidArgumentError('需要像素数，如 300M a number of pixels, as 300M');
  };
  const command = new Command('shiwu')
    .description(
      '识物：说出照片里是什么。照片不离开这台电脑。\nNames what photos show. Nothing leaves this machine.',
    )
    .version(SHIWU_VERSION, '-V, --version', '版本 version')
    .helpOption('-h, --help', '帮助 this help')
    .addArgument(
      new Argument(
        '[pictures...]',
        '图片、文件夹、通配符或网址；- 是标准输入 files, folders, globs or URLs; - is standard input',
      ),
    )
    .addOption(new Option('--json', '输出一个 JSON 数组 print a JSON array').conflicts('csv'))
    .option('--csv', '输出 CSV，Excel 可直接打开 print CSV that Excel opens')
    .option('--top <n>', '每张给出几个名称 names for each picture', integer(1000), 5)
    .addOption(
      new Option('--lang <language>', '名称和提示的语言 language of names and messages')
        .choices(LANGUAGES)
        .default('zh'),
    )
    .option('--model <path>', '换成自己的 .onnx 模型 an .onnx model of your own')
    .option(
      '--labels <list>',
      '自己的模型的类别名称：txt、csv、json names of its classes, where it has none',
    )
    .option(
      '--max-pixels <n>',
      '最大的图片，像素数，如 300M；默认 200M largest picture, in pixels',
      pixels,
    )
    .option('--concurrency <n>', '同时认几张，1 到 16 pictures at once, 1 to 16', integer(16))
    .option('--no-recursive', '不看文件夹里的文件夹 leave out folders in folders')
    .option(
      '--files-from <list>',
      '文件名清单，一行一个；- 是标准输入 a list of files, one a line; - is standard input',
    )
    .addHelpText('after', EXAMPLES)
    .configureHelp({ styleTitle: (title) => TITLES[title] ?? title })
    .showHelpAfterError('用法见 shiwu --help。 See shiwu --help.')
    .exitOverride();
  return command.action(act);
}

const TITLES: Record<string, string> = {
  'Usage:': '用法 Usage:',
  'Arguments:': '参数 Arguments:',
  'Options:': '选项 Options:',
};
