# vitrine_panel(name [LINK libraries...] [OUTPUT folder]) makes the panel of this folder: every *.cpp here, with name.json as its metadata
# ({"id", "title", "icon", "order", "area", "needs": [sites]}). The sources must define
# `std::unique_ptr<vitrine::Panel> vitrine::make_<name>_panel(vitrine::PanelContext&)`.
# With OUTPUT it is a panel of the tests: made there and not installed.
# The objects are also there as panel_<name>_objects, for tests of the parts.
function(vitrine_panel name)
  cmake_parse_arguments(ARG "" "OUTPUT" "LINK" ${ARGN})
  set(output ${CMAKE_BINARY_DIR}/lib/vitrine/panels)
  if(ARG_OUTPUT)
    set(output ${ARG_OUTPUT})
  endif()
  set(json ${CMAKE_CURRENT_SOURCE_DIR}/${name}.json)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  configure_file(${CMAKE_SOURCE_DIR}/plugins/api/plugin.cpp.in ${CMAKE_CURRENT_BINARY_DIR}/${name}_plugin.cpp @ONLY)

  add_library(panel_${name}_objects OBJECT ${sources})
  target_link_libraries(panel_${name}_objects PUBLIC vitrine_panel_api ${ARG_LINK})
  set_target_properties(panel_${name}_objects PROPERTIES AUTOMOC ON)

  add_library(panel_${name} MODULE ${CMAKE_CURRENT_BINARY_DIR}/${name}_plugin.cpp)
  target_link_libraries(panel_${name} PRIVATE panel_${name}_objects)
  set_target_properties(panel_${name} PROPERTIES AUTOMOC ON AUTOGEN_TARGET_DEPENDS ${json}
    LIBRARY_OUTPUT_DIRECTORY ${output}
    INSTALL_RPATH "$ORIGIN/../..")
  set_property(SOURCE ${CMAKE_CURRENT_BINARY_DIR}/${name}_plugin.cpp APPEND PROPERTY OBJECT_DEPENDS ${json})
  if(NOT ARG_OUTPUT)
    install(TARGETS panel_${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/vitrine/panels)
    set_property(GLOBAL APPEND PROPERTY VITRINE_PANELS panel_${name})
  endif()
endfunction()
