--- Modules that can be required and have no page of help, each with the reason.
---
--- A name that ends in a star stands for all that begin so. What people are to build on has a page
--- in the reference; these change with the program.

return {
  ['az.*'] = 'parts of az.main',
  ['docs.*'] = 'what writes these pages',
  ['kms.steps.*'] = 'steps that the documented procedures share',
  ['kmsh.*'] = 'what the library stands on in the host',
  ['kubectl.*'] = 'parts of kubectl.main',
  ['tools.*'] = 'what kmsh test, check and replay run; a test file has its words without asking',
  ['util.*'] = 'helpers of the library, without a promise',
}
