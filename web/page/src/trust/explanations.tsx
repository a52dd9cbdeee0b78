import './trust.css';
import { Sheet } from '../view/sheet.js';
import { CardText } from './card-text.js';
import { closeSheet, explaining } from './sheets.js';
import { TrustText } from './trust-text.js';
import { words } from './words.js';

/** The two sheets that explain. */
export function Explanations() {
  const { trust, card, close } = words.value;
  return (
    <>
      <Sheet
        open={explaining.value === 'trust'}
        title={trust.title}
        close={close}
        testId="trust-sheet"
        onClose={closeSheet}
      >
        <TrustText />
      </Sheet>
      <Sheet
        open={explaining.value === 'card'}
        title={card.title}
        close={close}
        testId="card-sheet"
        onClose={closeSheet}
      >
        <CardText />
      </Sheet>
    </>
  );
}
