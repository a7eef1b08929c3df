import { Button, Group, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { secrets } from '../../api/team-clients.js';
import { allPages } from '../../parts/pages.js';
import type { BucketPlace } from './bucket.copy.js';

/** Where objects lie that the platform copies itself, and the secret with the credentials. */
export function BucketFormView({ onPlace }: { onPlace: (place: BucketPlace) => void }) {
  const [url, setUrl] = useState('');
  const [secretName, setSecretName] = useState('');
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
        if (isPlace) onPlace({ url: url.trim(), secretName });
      }}
    >
      <Group gap="sm" align="flex-end">
        <TextInput
          label="Or copy from an object store"
          description="s3://bucket/prefix, with ?endpoint=https://… for a store other than Amazon S3"
          placeholder="s3://bucket/prefix"
          value={url}
          onChange={(event) => {
            setUrl(event.currentTarget.value);
          }}
          flex="1 1 18rem"
        />
        <Select
          label="Credentials"
          description="a secret: access key:secret key"
          data={[
            { value: '', label: 'none, it is public' },
            ...(names.data ?? []).map(({ name }) => ({ value: name, label: name })),
          ]}
          value={secretName}
          allowDeselect={false}
          onChange={(name) => {
            setSecretName(name ?? '');
          }}
          flex="0 1 14rem"
        />
        <Button type="submit" variant="default" disabled={!isPlace}>
          Copy
        </Button>
      </Group>
    </form>
  );
}
