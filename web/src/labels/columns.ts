/** Which column of a label table says what: by its heading, and by what is in it. */

type Field = 'zh' | 'en' | 'name' | 'id' | 'index';

/** In small letters and without blanks, dots, dashes and underscores; `name` is in either language. */
const HEADINGS: Readonly<Record<Field, string>> = {
  index: 'index idx classindex classidx no num number # 序号 索引 下标 号码',
  id: 'id wnid synset wordnetid synsetid classid labelid categoryid 编号 类别序号 类别编号 类别id',
  zh: 'zh zhcn cn chinese namezh zhname labelzh cnname namecn chinesename 中文 中文名 中文名称 中文标签',
  en: 'en eng english nameen enname labelen englishname 英文 英文名 英文名称 英文标签',
  name:
    'name label labelname class classname displayname categoryname tag title 名称 名字 标签 类别 类名 ' +
    '类别名 类别名称 标签名 标签名称',
};

const FIELDS = new Map(
  Object.entries(HEADINGS).flatMap(([field, words]) =>
    words.split(' ').map((word): [string, Field] => [word, field as Field]),
  ),
);

export function fieldOf(heading: string): Field | undefined {
  return FIELDS.get(heading.replaceAll(/[\s._-]/g, '').toLowerCase());
}

export const NUMBER = /^\d+$/;
/** Of WordNet. */
export const WNID = /^n\d{8}$/;
const HAN = /\p{Script=Han}/u;

/** Places of the columns. Where names are in one language only, they are `zh`, whatever it is. */
export type Columns = { [field in Exclude<Field, 'name'>]?: number };

/** Without headings, numbers are taken for the index, WordNet's ids for ids, and other texts for names. */
export function columnsOf(
  headings: readonly string[] | undefined,
  rows: readonly (readonly string[])[],
): Columns {
  const width = headings?.length ?? rows[0]?.length ?? 0;
  const all = Array.from({ length: width }, (_, i) => i);
  const every = (pattern: RegExp) => (i: number) => rows.every((row) => pattern.test(row[i] ?? ''));
  const fields = headings?.map(fieldOf);
  const found: Columns = {};
  for (const i of all) {
    const field = fields
      ? fields[i]
      : every(NUMBER)(i)
        ? 'index'
        : every(WNID)(i)
          ? 'id'
          : undefined;
    if (field && field !== 'name') found[field] ??= i;
  }
  const taken = () => new Set(Object.values(found));
  // `label,name` may well be 0,cat: of several that could be names, numbers and ids are none.
  const said = all.filter((i) => (fields ? fields[i] === 'name' : !taken().has(i)));
  const others = said.length + (found.zh === undefined ? 0 : 1) + (found.en === undefined ? 0 : 1);
  const numbers = others > 1 ? said.filter(every(NUMBER)) : [];
  const ids = others > 1 ? said.filter(every(WNID)) : [];
  if (numbers[0] !== undefined) found.index ??= numbers[0];
  if (ids[0] !== undefined) found.id ??= ids[0];
  let names = said.filter((i) => !numbers.includes(i) && !ids.includes(i));
  if (names.length === 0 && found.zh === undefined && found.en === undefined) {
    // 编号,动物: no heading that is known, but one column of texts.
    names = all.filter((i) => !taken().has(i) && !every(NUMBER)(i)).slice(0, 1);
  }
  const chinese = names.find((i) => rows.some((row) => HAN.test(row[i] ?? '')));
  const own = chinese ?? (found.en === undefined ? names[0] : undefined);
  if (own !== undefined) found.zh ??= own;
  const foreign = names.find((i) => i !== found.zh);
  if (foreign !== undefined) found.en ??= foreign;
  // A column of ids alone names its classes.
  if (found.zh === undefined && found.en === undefined && found.id !== undefined) {
    found.zh = found.id;
    delete found.id;
  }
  return found;
}
