import type { Region } from 'shiwu';

export type PlaceName =
  | 'left'
  | 'right'
  | 'top'
  | 'bottom'
  | 'top-left'
  | 'top-right'
  | 'bottom-left'
  | 'bottom-right'
  | 'middle';

/**
 * In words, where each of the regions lies: of several side by side left, middle and right; corners
 * where they differ both ways.
 */
export function placesOf(
  regions: readonly Region[],
  { width, height }: { readonly width: number; readonly height: number },
): PlaceName[] {
  const xs = regions.map((each) => (each.x + each.width / 2) / width);
  const ys = regions.map((each) => (each.y + each.height / 2) / height);
  const across = Math.max(...xs) - Math.min(...xs);
  const down = Math.max(...ys) - Math.min(...ys);
  return regions.map((_, i) => {
    const column = across > down / 2 ? third(xs[i] as number, 'left', 'right') : '';
    const row = down > across / 2 ? third(ys[i] as number, 'top', 'bottom') : '';
    if (row && column) return `${row}-${column}` as PlaceName;
    return (row || column || 'middle') as PlaceName;
  });
}

function third(at: number, before: string, behind: string): string {
  if (at < 0.45) return before;
  return at > 0.55 ? behind : '';
}
