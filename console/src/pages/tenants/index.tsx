import { Page } from "../../ui/page.tsx";

export const TenantsPage = () => <Page title="TenantsPage">…</Page>;
