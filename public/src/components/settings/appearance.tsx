/** Light, dark, or as the device. */
import { dialog, type Theme, theme } from '../../stores/ui.ts'
import { Icon, type IconName } from '../icon.tsx'

const themes: [value: Theme, label: string, icon: IconName][] = [
  ['system', 'Like the device', 'device'],
  ['light', 'Light', 'sun'],
  ['dark', 'Dark', 'moon'],
]

export function Appearance() {
  return (
    <div class="card-form">
      <div class="choices" role="radiogroup" aria-label="Theme">
        {themes.map(([value, label, icon]) => (
          <label key={value} class="choice">
            <input
              type="radio"
              name="theme"
              checked={theme.value === value}
              onChange={() => (theme.value = value)}
            />
            <Icon name={icon} size={22} />
            {label}
          </label>
        ))}
      </div>
      <button type="button" class="button" onClick={() => (dialog.value = { name: 'shortcuts' })}>
        <Icon name="keyboard" size={18} /> Keyboard shortcuts
      </button>
    </div>
  )
}
