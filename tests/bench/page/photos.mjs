// Draws the photos that are measured. A fixture's picture, enlarged, gives the label; noise of several grains
// gives the JPEG the size and the detail that a camera's has (some 3 bits a pixel).

/** A generator of numbers in 0…1, the same in every run. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function noise(side, next) {
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d');
  const pixels = context.createImageData(side, side);
  for (let i = 0; i < pixels.data.length; i += 4) {
    const grey = 128 + (next() - 0.5) * 200;
    for (let c = 0; c < 3; c++) pixels.data[i + c] = grey + (next() - 0.5) * 40;
    pixels.data[i + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

/**
 * @param {{ picture: string, width: number, height: number, seed: number }} photo
 * @returns {Promise<string>} a JPEG, as base64
 */
export async function draw({ picture, width, height, seed }) {
  const bitmap = await createImageBitmap(await (await fetch(picture)).blob());
  const next = random(seed);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  // A little different each time, so that an album has no two photos alike.
  const kept = 0.85 + 0.15 * next();
  const [w, h] = [bitmap.width * kept, bitmap.height * kept];
  const [x, y] = [next() * (bitmap.width - w), next() * (bitmap.height - h)];
  context.drawImage(bitmap, x, y, w, h, 0, 0, width, height);
  const grain = noise(512, next);
  context.globalCompositeOperation = 'overlay';
  for (const [scale, strength] of [
    [1, 0.16],
    [4, 0.12],
    [16, 0.1],
  ]) {
    const pattern = context.createPattern(grain, 'repeat');
    pattern.setTransform(new DOMMatrix().scale(scale));
    context.globalAlpha = strength;
    context.fillStyle = pattern;
    context.fillRect(0, 0, width, height);
  }
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
  const reader = new FileReader();
  return new Promise((resolve) => {
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1));
    reader.readAsDataURL(blob);
  });
}
