import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

interface Action extends ButtonProps {
  children: ReactNode;
  onClick?: () => void;
  type?: 'button' | 'submit';
  /** Why it cannot be used; the button stays reachable by keyboard, so that the reason can be read. */
  off?: string | undefined;
}

/** A button that says why it is off. */
export function ActionView({ children, off, onClick, type = 'button', ...rest }: Action) {
  if (off === undefined)
    return (
      <Button type={type} {...rest} {...(onClick === undefined ? {} : { onClick })}>
        {children}
      </Button>
    );
  return (
    <Tooltip label={off} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
      <Button
        type="button"
        {...rest}
        data-disabled
        aria-disabled
        onClick={(event) => {
          event.preventDefault();
        }}
      >
        {children}
      </Button>
    </Tooltip>
  );
}
