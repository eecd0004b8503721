import { Page } from "../../ui/page.tsx";

export const TenantPage = () => <Page title="TenantPage">…</Page>;
