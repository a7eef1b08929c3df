import { type ReactNode, useState } from 'react';
import styles from './drop-area.module.css';

/** An area on which files can be dropped; it shows when something is dragged over it. */
export function DropAreaView({
  label,
  disabled = false,
  onDrop,
  children,
}: {
  label: string;
  disabled?: boolean;
  onDrop: (dropped: DataTransfer) => void;
  children: ReactNode;
}) {
  const [over, setOver] = useState(false);
  return (
    <div
      className={styles['area']}
      data-over={over}
      role="group"
      aria-label={label}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(!disabled);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        // A drop on the project behind it would be taken twice.
        event.stopPropagation();
        setOver(false);
        if (!disabled) onDrop(event.dataTransfer);
      }}
    >
      {children}
    </div>
  );
}
