import { Code, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconFolderPlus, IconPlayerPlay, IconTerminal2 } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** The view of a team without projects: three ways to begin. */
export function FirstStepsView({ create }: { create: ReactNode }) {
  return (
    <Stack gap="md">
      <Text c="dimmed" maw={720}>
        Noema shows how a network sees your data. There is no project yet; begin in one of three ways.
      </Text>
      <SimpleGrid cols={{ base: 1, md: 3 }} spacing="md">
        <Step
          icon={<IconPlayerPlay size={20} />}
          title="See it on digits"
          text={
            'Trains a small network on 10,000 handwritten digits and maps them after each epoch. It takes ' +
            'about a minute.'
          }
        >
          <Code block>noema demo</Code>
        </Step>
        <Step
          icon={<IconFolderPlus size={20} />}
          title="Create a project"
          text={
            'One project for each task of a model. Then add data by an integration, a model, and start a ' +
            'run.'
          }
        >
          {create}
        </Step>
        <Step
          icon={<IconTerminal2 size={20} />}
          title="From a program"
          text={
            'Whatever this page does, a program can: over REST, gRPC or the command line. Create API keys ' +
            'under Team.'
          }
        >
          <Code block>
            {`curl -X POST ${window.location.origin}/v1/projects \\\n  -H "authorization: Bearer ` +
              `$NOEMA_API_KEY" \\\n  -H "content-type: application/json" \\\n  -d '{"displayName": "my ` +
              `project"}'`}
          </Code>
        </Step>
      </SimpleGrid>
    </Stack>
  );
}

function Step({
  icon,
  title,
  text,
  children,
}: {
  icon: ReactNode;
  title: string;
  text: string;
  children: ReactNode;
}) {
  return (
    <Paper withBorder p="md">
      <Stack gap="sm" align="stretch" h="100%">
        {icon}
        <Title order={2} size="h3">
          {title}
        </Title>
        <Text size="sm" c="dimmed" style={{ flex: 1 }}>
          {text}
        </Text>
        <div>{children}</div>
      </Stack>
    </Paper>
  );
}
