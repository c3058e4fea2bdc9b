/** The mark of Hubbub: two bubbles, one of which is not a person. */
export function Logo({ size }: { size: number }) {
  return (
    <svg class="logo" width={size} height={size} viewBox="0 0 64 64" aria-hidden="true">
      <rect width="64" height="64" rx="17" class="logo-ground" />
      <path
        class="logo-one"
        d="M14 27c0-7.700 6.600-13 15-13s15 5.300 15 13-6.600 13-15 13c-1.500 0-3-.2-4.300-.5L17 43.500l1.500-6.700C15.700 34.400 14 31 14 27Z"
      />
      <path
        class="logo-two"
        d="M47.300 25.800c3.500 2.200 5.700 5.700 5.700 9.900 0 3.200-1.300 6-3.500 8.100l1.200 6.200-6.500-3.200c-1.200.3-2.500.4-3.800.4-4.300 0-8-1.600-10.400-4.200C40.300 42.600 47.300 36 47.300 27Z"
      />
      <g class="logo-ground">
        <circle cx="23" cy="27" r="2.300" />
        <circle cx="29.500" cy="27" r="2.300" />
        <circle cx="36" cy="27" r="2.300" />
      </g>
    </svg>
  )
}
