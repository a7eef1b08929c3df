import { Kbd, Text } from '@mantine/core';
import { Fragment } from 'react';
import { ModalDialogView } from '../parts/modal-dialog.view.js';
import classes from './app.module.css';
import { keyNames } from './key-name.js';
import { useShortcuts } from '../parts/shortcuts/shortcuts.js';

const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The help that `?` opens: every key that does something on the page that is shown. */
export function ShortcutsView({ close }: { close: () => void }) {
  const shortcuts = useShortcuts();
  // The youngest of each key is the one that is heard; two keys for one thing stand in one line.
  const heard = [...new Map(shortcuts.map((shortcut) => [shortcut.key, shortcut])).values()];
  const lines = [...new Set(heard.map(({ description }) => description))].map((description) => ({
    description,
    keys: heard.filter((shortcut) => shortcut.description === description),
  }));
  return (
    <ModalDialogView opened onClose={close} title="Keyboard shortcuts">
      <dl className={classes.keys}>
        {lines.map(({ description, keys }) => (
          <Fragment key={description}>
            <dt>
              <Text size="sm">{description}</Text>
            </dt>
            <dd>
              {keys.map(({ key }, i) => (
                <Fragment key={key}>
                  {i > 0 && (
                    <Text size="xs" c="dimmed">
                      or
                    </Text>
                  )}
                  {keyNames(key, mac).map((name) => (
                    <Kbd key={name}>{name}</Kbd>
                  ))}
                </Fragment>
              ))}
            </dd>
          </Fragment>
        ))}
      </dl>
      <Text size="xs" c="dimmed" mt="md">
        Tab moves between controls, Enter and Space activate them, Esc closes what is open. Other pages have
        keys of their own: press ? there.
      </Text>
    </ModalDialogView>
  );
}
