/** Milliseconds: what takes longer, such as the originals of thousands of photos, can be put in again. */
const PATIENCE_MS = 30_000;

const pending = new Set<Promise<unknown>>();

/** Says of some work that its result is on its way to the disk. */
export function untilStored(work: Promise<unknown>): void {
  const settled = work.then(
    () => {},
    () => {},
  );
  pending.add(settled);
  void settled.then(() => pending.delete(settled));
}

/** For a reload that the page itself makes: once nothing is on its way any more, or for long. */
export async function stored(): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  const all = async () => {
    // What is stored may lead to more.
    while (pending.size > 0) await Promise.all(pending);
  };
  await Promise.race([all(), late]);
  clearTimeout(timer);
}
