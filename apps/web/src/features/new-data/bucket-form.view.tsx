import { Button, Group, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { secrets } from '../../api/team-clients.js';
import { allPages } from '../../parts/pages.js';
import type { BucketPlace } from './bucket.copy.js';

/** Height of a label with its description, so that the button is in line with the fields. */
const BELOW_LABEL_PX = 44;
const NO_PLACE: BucketPlace = { url: '', secretName: '' };

/** Where objects lie that the platform copies itself, and the secret with the credentials. */
export function BucketFormView({
  first = NO_PLACE,
  onPlace,
}: {
  /** The place of a copy that failed, which the form starts with. */
  readonly first?: BucketPlace | undefined;
  readonly onPlace: (place: BucketPlace) => void;
}) {
  const [url, setUrl] = useState(first.url);
  const [secretName, setSecretName] = useState(first.secretName);
  const [isTried, setTried] = useState(false);
  const names = useQuery({
    queryKey: ['team', 'secrets'],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => secrets.listSecrets({ pageSize: 1000, pageToken, orderBy: 'name' }, { signal }),
        (page) => page.secrets,
      ),
  });
  const isPlace = /^s3:\/\/[^/]{3,}/.test(url.trim());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (isPlace) onPlace({ url: url.trim(), secretName });
      }}
    >
      <Group gap="sm" align="flex-start">
        <TextInput
          label="Or copy from an object store"
          description="Add ?endpoint=https://… for a store other than Amazon S3"
          placeholder="s3://bucket/prefix"
          value={url}
          error={
            isTried && !isPlace
              ? 'An address is s3:// with a bucket, and a prefix to copy a part of it'
              : undefined
          }
          autoComplete="off"
          onChange={(event) => {
            setUrl(event.currentTarget.value);
          }}
          flex="1 1 18rem"
        />
        <Select
          label="Credentials"
          description="A secret with access key:secret key"
          data={[
            { value: '', label: 'None: the bucket is public' },
            ...(names.data ?? []).map(({ name }) => ({ value: name, label: name })),
          ]}
          value={secretName}
          allowDeselect={false}
          onChange={(name) => {
            setSecretName(name ?? '');
          }}
          flex="0 1 14rem"
        />
        <Button type="submit" variant="default" mt={BELOW_LABEL_PX} disabled={url.trim() === ''}>
          Copy
        </Button>
      </Group>
    </form>
  );
}
