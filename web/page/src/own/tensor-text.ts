import type { TensorInfo } from 'shiwu';

/** `image float32 [N, 3, 224, 224]`, a line for each. */
export function tensorText(tensors: readonly TensorInfo[]): string {
  return tensors.map(({ name, type, shape }) => `${name} ${type} [${shape.join(', ')}]`).join('\n');
}
