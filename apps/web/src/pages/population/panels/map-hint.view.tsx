import { CloseButton } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import styles from '../style/population.module.css';

/** Says once what a dot is; the browser remembers that it was dismissed. */
export function MapHintView() {
  const [isDismissed, setDismissed] = useLocalStorage<boolean>({
    key: 'noema.map-hint',
    defaultValue: false,
    getInitialValueInEffect: false,
    serialize: String,
    deserialize: (text) => text === 'true',
  });
  if (isDismissed) return null;
  return (
    <div className={styles.hint} role="note">
      <span>
        Each dot is one sample. The model responds similarly to dots close together. Click one to see it.
      </span>
      <CloseButton
        size={24}
        aria-label="Dismiss the hint"
        onClick={() => {
          setDismissed(true);
        }}
      />
    </div>
  );
}
