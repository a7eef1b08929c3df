import type { ButtonProps } from '@mantine/core';
import { IconTag } from '@tabler/icons-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { ActionView } from '../../parts/action.view.js';
import type { Subject } from './subject.js';

const TagDialogView = lazyPart(async () => ({
  default: (await import('./tag-dialog.view.js')).TagDialogView,
}));

/** A button that adds rows to a slice of rows, an existing or a new one. */
export function TagView({
  datasetVersionId,
  off,
  findSubject,
  ...button
}: ButtonProps & {
  readonly datasetVersionId: string;
  /** Why nothing can be tagged. */
  readonly off: string | undefined;
  /** The rows at the time of the click. */
  readonly findSubject: () => Subject;
}) {
  const [subject, setSubject] = useState<Subject>();
  return (
    <>
      <ActionView
        size="xs"
        {...button}
        off={off}
        leftSection={<IconTag size={14} />}
        onClick={() => {
          setSubject(findSubject());
        }}
      >
        Tag
      </ActionView>
      {subject !== undefined && (
        <Suspense>
          <TagDialogView
            datasetVersionId={datasetVersionId}
            subject={subject}
            onClose={() => {
              setSubject(undefined);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
