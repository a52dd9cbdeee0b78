interface Picture {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly right?: readonly string[];
  readonly code?: string;
}

export function makeSoak(parts: {
  readonly createClassifier: (options: object) => Promise<object>;
  readonly models: readonly {
    readonly name: string;
    readonly options: object;
    readonly known?: boolean;
  }[];
  readonly pictures: { readonly good: readonly Picture[]; readonly broken: readonly Picture[] };
}): {
  readonly faults: readonly string[];
  readonly counts: Record<'named' | 'refused' | 'aborted' | 'switches', number>;
  leave(): Promise<void>;
  held(): number;
  run(from: number, count: number): Promise<void>;
};
