import { count as countText } from '../../../parts/numbers.js';
import { PartEncoding } from '../encoding/part-encoding.js';
import { spaceTitle } from '../maps/map-title.js';
import { usePopulation } from '../model/population-context.js';
import { MapHalfView } from '../plot/map-half.view.js';
import type { PictureMode } from '../pictures/picture-mode.js';
import { BesideBarView, CaptionView } from './beside-bar.view.js';

/** The toolbar and the bars that lie over the map. */
const PADDING = { left: 60, top: 48, right: 14, bottom: 40 } as const;

/** The map, or two maps side by side. */
export function MapsView() {
  const population = usePopulation();
  const { projectId, run, catalog, onChanged, onMade, choice, besideChoice, placedTitle } = population;
  const { state, set, looks, settings, findDomain, openRow, points, beside, shown } = population;
  const common = {
    pointSize: population.pointSize,
    background: population.ground.background,
    visible: shown,
    selected: population.emphasized,
    marked: population.marked,
    padding: PADDING,
    density: state.density,
    mode: population.mode,
    onClick: population.onClick,
    onSelect: population.onSelect,
    onHover: population.onHover,
    pictures: state.pictures,
    onPictures: (pictures: PictureMode) => {
      set({ pictures }, 'replace');
    },
    onStart: population.onStart,
    shown,
    firstColumns: population.firstColumns,
    encoding: () => new PartEncoding(looks, settings, (name) => findDomain(name)?.extent),
    onKey: (key: string) => (key === 'Enter' && state.row !== undefined ? (openRow(state.row), true) : false),
  };
  const make = { projectId, runId: run.id, catalog, onChanged, onMade };
  return (
    <>
      <MapHalfView
        {...common}
        make={{
          ...make,
          choice,
          ...(placedTitle === undefined
            ? {}
            : { placing: placedTitle, onChanged: population.onPlacedChanged }),
        }}
        label={`Map of ${countText(population.total)} samples: ${population.title}`}
        map={population.map}
        scope={population.scope}
        labels={population.labels}
        columns={points.columns}
        color={points.encoding}
        sizes={points.sizes}
        camera={state.camera}
        onCamera={(camera) => {
          set({ camera }, 'replace');
        }}
        onPlot={(plot) => {
          population.setPlots(([, other]) => [plot, other]);
        }}
        caption={
          besideChoice === undefined ? undefined : (
            <CaptionView catalog={catalog} choice={choice} map={population.map} />
          )
        }
      />
      {besideChoice !== undefined && (
        <MapHalfView
          {...common}
          make={{ ...make, choice: besideChoice }}
          label={
            `Second map: epoch ${besideChoice.epoch}, ${catalog.algorithmTitle(besideChoice.algorithm)} of ` +
            `${spaceTitle(besideChoice.space)}`
          }
          map={population.besideMap}
          scope={population.besideScope}
          labels={population.besideLabels}
          columns={beside.columns}
          color={beside.encoding}
          sizes={beside.sizes}
          camera={undefined}
          onCamera={() => undefined}
          onPlot={(plot) => {
            population.setPlots(([one]) => [one, plot]);
          }}
          caption={
            <>
              <CaptionView catalog={catalog} choice={besideChoice} map={population.besideMap} />
              <BesideBarView
                catalog={catalog}
                choice={besideChoice}
                epochs={population.lastEpoch}
                linked={state.linked}
                onLinked={(linked) => {
                  set({ linked });
                }}
                onChoice={(next) => {
                  set({ beside: next });
                }}
                onClose={population.toggle.beside}
              />
            </>
          }
        />
      )}
    </>
  );
}
