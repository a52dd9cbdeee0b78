import { Picture } from '../../view/picture.js';
import { calls } from '../actions.js';
import type { Tile } from '../everyday.js';
import { groups, label, special, tile, tiles } from '../view-state.js';
import { words } from '../words.js';
import { useThumbnail } from './use-thumbnail.js';

/** What the photos show, by everyday categories: a cover, a name, a count. */
export function Tiles() {
  if (special.value || tiles.value.length < 2) return null;
  return (
    <fieldset class="tiles" data-testid="tiles">
      <legend class="unseen">{words.value.tiles}</legend>
      {tiles.value.map((one) => (
        <TileButton key={one.id} tile={one} />
      ))}
    </fieldset>
  );
}

function TileButton({ tile: { id, zh, en, count, cover } }: { tile: Tile }) {
  const thumbnail = useThumbnail(cover);
  const name = calls({ zh, en });
  // Beside 动物 54 the few that are in no narrower tile are not 动物 2.
  const isRest = groups.value.some((group) => group.id === id && group.count > count);
  return (
    <button
      type="button"
      class="tile"
      aria-pressed={tile.value === id}
      data-testid={`tile-${id}`}
      data-count={count}
      onClick={() => {
        label.value = null;
        tile.value = tile.value === id ? null : id;
      }}
    >
      <span class="tile-cover">{thumbnail && <Picture of={thumbnail} alt="" />}</span>
      <span class="tile-name">{isRest ? words.value.otherOf(name) : name}</span>
      <span class="chip-count">{count.toLocaleString()}</span>
    </button>
  );
}
