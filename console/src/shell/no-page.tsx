import { PageLink } from "../location.tsx";
import { Page } from "../parts/page.tsx";

export function NoPage() {
  return (
    <main className="mx-auto max-w-xl p-6">
      <Page title="There is no such page">
        <PageLink to="/">To the overview</PageLink>
      </Page>
    </main>
  );
}
