import { Button, Center, Stack, Text, Title } from '@mantine/core';
import { Link, useLocation } from 'react-router-dom';

/** The view of an address without a page. */
export function NotFoundView() {
  const { pathname } = useLocation();
  return (
    <Center mih="60vh">
      <Stack align="center" gap="sm">
        <Title order={1}>Nothing is here</Title>
        <Text c="dimmed">
          There is no page at {pathname}. The link may be incomplete, or what it led to was deleted.
        </Text>
        <Button component={Link} to="/projects" variant="light">
          Go to the projects
        </Button>
      </Stack>
    </Center>
  );
}
