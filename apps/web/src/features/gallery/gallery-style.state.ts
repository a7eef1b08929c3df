import { useLocalStorage } from '@mantine/hooks';

export const MIN_SIZE = 48;
export const MAX_SIZE = 224;

/** Size of the pictures of galleries in CSS pixels, kept in the browser, and how to change it. */
export const useGallerySize = (): readonly [number, (size: number) => void] => {
  const [size, setSize] = useLocalStorage<number>({
    key: 'noema.gallery',
    defaultValue: 88,
    getInitialValueInEffect: false,
    // A value of another version of the page is not trusted.
    deserialize: (text) => {
      const kept = Number(text);
      return kept >= MIN_SIZE && kept <= MAX_SIZE ? kept : 88;
    },
    serialize: String,
  });
  return [size, setSize];
};
