/** HEIC to pixels by libheif, wherever it runs: the code that knows libheif-js. */
import { ShiwuError } from '../errors.js';
import { checkSize } from '../sources/size.js';

/** Opaque things that libheif hands out. */
type Enum = { readonly value: number };
type Context = { readonly context: unique symbol };
type Handle = { readonly handle: unique symbol };
type Image = { readonly image: unique symbol };

interface Failure {
  readonly code: Enum;
  readonly subcode: Enum;
  readonly message: string;
}

/** The part of libheif-js (1.23) that is used here. */
export interface Libheif {
  readonly heif_error_code: Readonly<Record<string, Enum>>;
  readonly heif_suberror_code: Readonly<Record<string, Enum>>;
  readonly heif_colorspace: Readonly<Record<string, Enum>>;
  readonly heif_chroma: Readonly<Record<string, Enum>>;
  heif_context_alloc(): Context;
  heif_context_free(context: Context): void;
  heif_context_read_from_memory(context: Context, file: Uint8Array): Failure;
  heif_js_context_get_primary_image_handle(context: Context): Handle | Failure;
  heif_image_handle_get_width(handle: Handle): number;
  heif_image_handle_get_height(handle: Handle): number;
  heif_image_handle_release(handle: Handle): void;
  heif_js_decode_image2(
    handle: Handle,
    colorspace: Enum | undefined,
    chroma: Enum | undefined,
  ): Decoded | Failure;
  heif_image_release(image: Image): void;
}

interface Decoded {
  readonly image: Image;
  readonly channels: readonly {
    readonly width: number;
    readonly height: number;
    /** Bytes from one row to the next. */
    readonly stride: number;
    /** A view of the wasm heap. */
    readonly data: Uint8Array;
  }[];
}

export type LibheifFactory = (options?: {
  print?: (text: string) => void;
  printErr?: (text: string) => void;
}) => Libheif | Promise<Libheif>;

/** Upright RGBA pixels. */
export interface HeicPixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** Compiles the library, and keeps its own opinions out of the console. */
export async function start(factory: LibheifFactory): Promise<Libheif> {
  const quiet = () => {};
  return await factory({ print: quiet, printErr: quiet });
}

/**
 * Decodes the file's main picture. libheif turns it as the container says (irot, imir), and that
 * alone counts in HEIC: the EXIF orientation that cameras write beside it must not be applied again.
 */
export function decodeHeic(library: Libheif, file: Uint8Array, maxPixels: number): HeicPixels {
  const check = <T extends object>(result: T | Failure): T => accept(library, result);
  const context = library.heif_context_alloc();
  try {
    check(library.heif_context_read_from_memory(context, file));
    const handle = check(library.heif_js_context_get_primary_image_handle(context));
    try {
      const size = {
        width: library.heif_image_handle_get_width(handle),
        height: library.heif_image_handle_get_height(handle),
      };
      checkSize(size, maxPixels);
      const { image, channels } = check(
        library.heif_js_decode_image2(
          handle,
          library.heif_colorspace.heif_colorspace_RGB,
          library.heif_chroma.heif_chroma_interleaved_RGBA,
        ),
      );
      try {
        return copyRows(channels);
      } finally {
        library.heif_image_release(image);
      }
    } finally {
      library.heif_image_handle_release(handle);
    }
  } finally {
    library.heif_context_free(context);
  }
}

function copyRows([channel]: Decoded['channels']): HeicPixels {
  if (!channel) throw new ShiwuError('corrupt-image', 'heic: no pixels');
  const { width, height, stride, data } = channel;
  const row = 4 * width;
  const copy = new Uint8ClampedArray(row * height);
  for (let y = 0; y < height; y++) {
    copy.set(data.subarray(y * stride, y * stride + row), y * row);
  }
  return { data: copy, width, height };
}

function accept<T extends object>(library: Libheif, result: T | Failure): T {
  if (!('code' in result)) return result;
  const { code, subcode, message } = result;
  const is = (name: string) => code === library.heif_error_code[`heif_error_${name}`];
  const isSub = (name: string) => subcode === library.heif_suberror_code[`heif_suberror_${name}`];
  if (is('Ok')) return result as T;
  if (isSub('Security_limit_exceeded')) throw new ShiwuError('image-too-large', message);
  if (isSub('End_of_data')) throw new ShiwuError('truncated-image', message);
  if (is('Memory_allocation_error')) throw new ShiwuError('out-of-memory', message);
  if (is('Unsupported_filetype') || is('Unsupported_feature')) {
    throw new ShiwuError('unsupported-format', message);
  }
  throw new ShiwuError('corrupt-image', message);
}
