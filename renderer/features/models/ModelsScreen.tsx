/** Models: which are here, which to get and how each would run, and what this computer can do. */
import { CardScreen } from '../CardScreen.tsx';
import { CalibrationCard } from './CalibrationCard.tsx';
import { CatalogueCard } from './CatalogueCard.tsx';
import { LibraryCard } from './LibraryCard.tsx';
import { ModelsAnnouncer } from './ModelsAnnouncer.tsx';
import { PackSection } from './PackSection.tsx';
import { RecommendedCard } from './RecommendedCard.tsx';
import { RunningCard } from './RunningCard.tsx';
import { SearchCard } from './SearchCard.tsx';

export function ModelsScreen() {
  return (
    <>
      <CardScreen title="Models">
        <RecommendedCard />
        <LibraryCard />
        <CatalogueCard />
        <SearchCard />
        <CalibrationCard />
        <PackSection />
        <RunningCard />
      </CardScreen>
      <ModelsAnnouncer />
    </>
  );
}
