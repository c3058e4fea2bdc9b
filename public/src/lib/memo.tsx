/** Renders a component again only when one of its props changed. */
import { Component, type ComponentType, type FunctionComponent } from 'preact'

/** Wraps a function component; props are compared one by one with `===`. */
export function memo<P extends object>(Inner: FunctionComponent<P>): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const keys = Object.keys(next) as (keyof P)[]
      const before: Partial<P> = this.props
      return keys.some((key) => next[key] !== before[key])
    }
    override render() {
      return <Inner {...(this.props as P)} />
    }
  }
}
