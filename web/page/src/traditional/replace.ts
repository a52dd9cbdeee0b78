/** Text with each of these words replaced: from left to right, the longest that fits. */
export function replacer(dictionary: ReadonlyMap<string, string>): (text: string) => string {
  const longest = Math.max(0, ...[...dictionary.keys()].map((word) => word.length));
  return (text) => {
    let replaced = '';
    for (let at = 0; at < text.length; ) {
      let length = Math.min(longest, text.length - at);
      while (length > 1 && !dictionary.has(text.slice(at, at + length))) length--;
      const word = text.slice(at, at + length);
      replaced += dictionary.get(word) ?? word;
      at += length;
    }
    return replaced;
  };
}
