import { expect, it } from 'vitest';
import { picturesOf } from '../../../web/page/src/input/html-pictures.js';
import { addressesOf } from '../../../web/page/src/input/uri-list.js';

it('a list of addresses is read as RFC 2483 says', () => {
  // The example of its section 5.
  const list =
    '# urn:isbn:0-201-08372-8\r\nhttp://www.huh.org/books/foo.html\r\n' +
    'http://www.huh.org/books/foo.pdf\r\nftp://ftp.foo.org/books/foo.txt\r\n';
  expect(addressesOf(list)).toEqual([
    'http://www.huh.org/books/foo.html',
    'http://www.huh.org/books/foo.pdf',
    'ftp://ftp.foo.org/books/foo.txt',
  ]);
  expect(addressesOf('a:b\nc:d')).toEqual(['a:b', 'c:d']);
  expect(addressesOf('#\r\n')).toEqual([]);
});

it.each([
  ['<img src="data:image/png;base64,AA==">', ['data:image/png;base64,AA==']],
  ["<IMG alt='a > b' SRC='a.png'/>", ['a.png']],
  ['<img\nwidth=5 src=a.png?b&amp;c height="6">', ['a.png?b&c']],
  ['<img data-src="b" src=\n"a\r\n.png">', ['a.png']],
  ['<img src="a"><image src="b"><img><img alt="src=c">', ['a']],
  ['<img src="unclosed', []],
  ['words', []],
])('the pictures in %j', (html, sources) => {
  expect(picturesOf(html)).toEqual(sources);
});

it('the bytes of a large picture are read whole', () => {
  const bytes = 'A'.repeat(40_000_000);
  expect(picturesOf(`<img src="data:,${bytes}">`)[0]).toHaveLength(bytes.length + 6);
});
