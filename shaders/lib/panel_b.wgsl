// Four steps along k of four columns; the register tile's struct where there is no register tile.
struct PanelB { b0_0: vec4f, b1_0: vec4f, b2_0: vec4f, b3_0: vec4f }
