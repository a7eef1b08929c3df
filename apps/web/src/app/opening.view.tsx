import { Center, Loader } from '@mantine/core';

/** The view while the first page is loaded; so short, as a rule, that nothing is drawn. */
export function OpeningView() {
  return (
    <Center mih="60vh" aria-busy="true">
      <Loader size="sm" type="dots" role="img" aria-label="loading" style={{ animationDelay: '300ms' }} />
    </Center>
  );
}
