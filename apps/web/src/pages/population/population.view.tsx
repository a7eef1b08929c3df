import { memo, Suspense, useEffect } from 'react';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { whenIdle } from '../../parts/when-idle.js';
import { PopulationProvider, usePopulation } from './model/population-context.js';
import type { PopulationProps } from './model/population-props.js';
import { EpochBarView } from './panels/epoch-bar.view.js';
import { LeftPanelView } from './panels/left-panel.view.js';
import { MapsView } from './panels/maps.view.js';
import { StatusView } from './panels/status.view.js';
import { ToolbarView } from './panels/toolbar.view.js';
import { TopView } from './panels/top.view.js';
import { STEP, useFrameSteps } from './state/frame-steps.state.js';
import styles from './style/population.module.css';

const RightPanelView = lazyPart(async () => ({
  default: (await import('./panels/right-panel.view.js')).RightPanelView,
}));

const SampleDrawerView = lazyPart(async () => ({
  default: (await import('./gallery/sample-drawer.view.js')).SampleDrawerView,
}));

/** The map of all samples with its panels. */
export const PopulationView = memo(function PopulationView(props: PopulationProps) {
  return (
    <PopulationProvider {...props}>
      <Frame />
    </PopulationProvider>
  );
});

function Frame() {
  const { state, title, scope, middle, plots } = usePopulation();
  const step = useFrameSteps(plots[0], scope !== undefined);
  // The key that opens the gallery finds it there.
  useEffect(() => whenIdle(() => void SampleDrawerView.preload()), []);
  return (
    <div className={styles.frame}>
      <h1 className="visually-hidden">{`Map: ${title}`}</h1>
      {state.left && (step >= STEP.left ? <LeftPanelView /> : <div className={styles.left} />)}
      <div className={styles.middle} ref={middle}>
        <MapsView />
        {step >= STEP.tools && (
          <>
            <ToolbarView />
            <TopView />
            {scope !== undefined && <StatusView />}
          </>
        )}
      </div>
      {state.samples !== '' && (
        <div className={styles.drawer}>
          <Suspense fallback={null}>
            <SampleDrawerView />
          </Suspense>
        </div>
      )}
      <div className={styles.bottom}>{step >= STEP.rest && <EpochBarView />}</div>
      {state.right && (
        <aside className={styles.right} aria-label="What is looked at">
          <Suspense fallback={null}>{step >= STEP.rest && <RightPanelView />}</Suspense>
        </aside>
      )}
    </div>
  );
}
