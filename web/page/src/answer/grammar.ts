/** Nouns that 一种 can count, by their last character; "水果与坚果" is two of them. */
const COUNTABLE = /^(?!人物|其他)[^与]*[物犬猫熊猴类兽鸟鱼蛇虫蟹菜肴品具车船器备服包筑铺]$/;

/** 一种鸟, 一种乐器, but not 一种家居 nor 一种水果与坚果: those one belongs to. */
export function isKind(zh: string): boolean {
  return COUNTABLE.test(zh);
}
