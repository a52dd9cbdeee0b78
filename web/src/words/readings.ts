/** How Chinese characters sound, and which Simplified one stands for a Traditional one. */

/** More ways to read a word are not tried. */
const MOST = 8;

/** What somebody asks for by its sound. */
export interface Sound {
  readonly sound: string;
  /** Whether it has no tone marks. */
  readonly toneless: boolean;
}

export class Readings {
  readonly #sounds = new Map<string, readonly string[]>();
  readonly #simplified = new Map<string, string>();

  /** `characters`: each a Simplified one, its Traditional ones, and its readings: `猫貓 māo`, `乐樂 lè yuè`. */
  constructor(characters: readonly string[]) {
    for (const cell of characters) {
      const [written = '', ...readings] = cell.split(' ');
      const [simplified = '', ...traditional] = [...written];
      this.#sounds.set(simplified, readings);
      for (const one of traditional) this.#simplified.set(one, simplified);
    }
  }

  /** What is not known stays as it is. */
  simplified(text: string): string {
    return [...text].map((one) => this.#simplified.get(one) ?? one).join('');
  }

  /** What is asked as a sound; null where it cannot be pinyin. Spaces and apostrophes only part syllables. */
  query(text: string): Sound | null {
    const sound = text.replaceAll(/[\s'’·-]/g, '').replaceAll('v', 'ü');
    const bare = plain(sound);
    // A bare letter says too little; é is 鹅.
    if (!/^[a-zü]+$/.test(bare) || sound.length + Number(bare !== sound) < 2) return null;
    return { sound, toneless: bare === sound };
  }

  /** Of a name in Simplified characters. */
  of(name: string): Reading {
    let ways = [{ sound: '', initials: '' }];
    for (const one of name) {
      if (/[^\p{L}\p{N}]/u.test(one)) continue;
      const readings = this.#sounds.get(one) ?? [one];
      ways = ways
        .flatMap(({ sound, initials }) =>
          readings.map((each) => ({
            sound: sound + each,
            initials: initials + plain(each).charAt(0),
          })),
        )
        .slice(0, MOST);
    }
    return new Reading(
      ways.map(({ sound }) => sound),
      ways.map(({ initials }) => initials),
    );
  }

  /** Of a name whose pinyin somebody has read. */
  ofPinyin(name: string, pinyin: string): Reading {
    const { initials } = this.of(name);
    return new Reading([pinyin.toLowerCase().replaceAll(/[\s'’·-]/g, '')], initials);
  }
}

export class Reading {
  readonly #exact: readonly string[];
  readonly #plain: readonly string[];

  constructor(
    exact: readonly string[],
    readonly initials: readonly string[],
  ) {
    this.#exact = exact;
    this.#plain = exact.map(plain);
  }

  /** By tone marks (`gǒu`), without them (`gou`), or by initials. */
  hears({ sound, toneless }: Sound): 'whole' | 'beginning' | null {
    const sounds = toneless ? this.#plain : this.#exact;
    if (sounds.includes(sound)) return 'whole';
    if (sounds.some((one) => one.startsWith(sound))) return 'beginning';
    const begins = (initials: string) => initials.length > 1 && initials.startsWith(sound);
    return toneless && this.initials.some(begins) ? 'beginning' : null;
  }
}

/** gǒu → gou; ü stays. */
export function plain(pinyin: string): string {
  return pinyin
    .normalize('NFD')
    .replaceAll(/[\u0304\u0301\u030c\u0300]/g, '')
    .normalize('NFC');
}
