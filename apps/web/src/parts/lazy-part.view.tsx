import { Component, type ComponentType, lazy, type ReactNode, useState } from 'react';
import { PartFaultView } from './part-fault.view.js';

interface BoundaryProps {
  readonly retry: () => void;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly fault: { readonly error: unknown } | undefined;
}

/** Shows the fault of a part in its place, so that the rest of the page stays. */
class PartBoundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { fault: undefined };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { fault: { error } };
  }

  override render(): ReactNode {
    const { fault } = this.state;
    if (fault === undefined) return this.props.children;
    return (
      <PartFaultView
        error={fault.error}
        retry={() => {
          this.props.retry();
          this.setState({ fault: undefined });
        }}
      />
    );
  }
}

/**
 * Returns a view whose code is loaded when it is first drawn, under a `Suspense` of the caller. If the code cannot be
 * loaded, or the view breaks, it shows the fault in its place and loads again on demand. React's `lazy` alone takes
 * the whole page away, and keeps a failure for ever.
 */
export function lazyPart<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
): ComponentType<P> {
  let current = lazy(load);
  return function PartView(props: P) {
    const [Part, setPart] = useState(() => current);
    return (
      <PartBoundary
        retry={() => {
          current = lazy(load);
          setPart(() => current);
        }}
      >
        <Part {...props} />
      </PartBoundary>
    );
  };
}
