import { useLocalStorage } from '@mantine/hooks';
import { parseSize } from './gallery-size.js';

const DEFAULT_SIZE = 88;

/** The size of the pictures of a gallery, where the page keeps it in its address. */
export interface AddressedSize {
  /** `undefined` for an address without a size. */
  readonly size: number | undefined;
  readonly onSize: (size: number) => void;
}

/**
 * Size of the pictures of galleries in CSS pixels, and how to change it: the one in the address, otherwise the
 * last one that was chosen in this browser.
 */
export function useGallerySize({ size, onSize }: AddressedSize): readonly [number, (size: number) => void] {
  const [kept, keep] = useLocalStorage<number>({
    key: 'noema.gallery',
    defaultValue: DEFAULT_SIZE,
    getInitialValueInEffect: false,
    // A value of another version of the page is not trusted.
    deserialize: (text) => parseSize(text ?? '') ?? DEFAULT_SIZE,
    serialize: String,
  });
  return [
    size ?? kept,
    (next) => {
      keep(next);
      onSize(next);
    },
  ];
}
