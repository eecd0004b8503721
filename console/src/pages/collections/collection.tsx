import { Page } from "../../ui/page.tsx";

export const CollectionPage = () => <Page title="CollectionPage">…</Page>;
