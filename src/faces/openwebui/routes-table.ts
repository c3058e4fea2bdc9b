/** The state of every known route, for docs/coverage.md; computing it makes all modules once. */
import { routeStates } from './coverage.ts'

export const openwebuiRoutes = routeStates()
